//! Chunks of a file on several threads, results in the order of the file.
//!
//! Enters: the chunks, one worker for each thread. Leaves: the results, in the order of the chunks. Always holds: chunks are dealt to the threads in
//! turn and their results are taken in the same turn, so that results do not depend on the number of threads; queues are bounded, so that
//! memory does not grow with the file; the first error ends the run.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::error::BatchError;
use super::source::{Chunk, Chunks};

/// Chunks that may wait before each thread, and results behind it.
const QUEUE: usize = 1;

/// What a thread does with a chunk. The result depends on the chunk alone.
pub trait Work: Send {
    type Done: Send;

    fn work(&mut self, chunk: &Chunk) -> Result<Self::Done, BatchError>;

    /// The thread ends before the file does: others that wait for it must not.
    fn abandon(&self) {}
}

/// With one worker, everything runs on the caller's thread.
pub fn in_order<W: Work>(
    mut chunks: Chunks,
    mut workers: Vec<W>,
    take: &mut dyn FnMut(W::Done) -> Result<(), BatchError>,
) -> Result<(), BatchError> {
    if let [worker] = &mut workers[..] {
        while let Some(chunk) = chunks.next_chunk()? {
            take(worker.work(&chunk)?)?;
        }
        return Ok(());
    }
    thread::scope(|scope| {
        let mut inboxes = Vec::new();
        let mut outboxes = Vec::new();
        for worker in workers {
            let (inbox, chunks) = sync_channel(QUEUE);
            let (results, outbox) = sync_channel(QUEUE);
            scope.spawn(move || work(worker, &chunks, &results));
            inboxes.push(inbox);
            outboxes.push(outbox);
        }
        scope.spawn(move || deal(&mut chunks, &inboxes));
        // A worker that has no more results when it is its turn was dealt no chunk, so there is none for those after it. If it
        // panicked instead, the scope passes that on.
        for outbox in outboxes.iter().cycle() {
            match outbox.recv() {
                Ok(done) => take(done?)?,
                Err(_) => break,
            }
        }
        Ok(())
    })
}

/// Deals chunks in turn until they end, fail, or nobody wants them any more.
fn deal(chunks: &mut Chunks, inboxes: &[SyncSender<Result<Chunk, BatchError>>]) {
    for inbox in inboxes.iter().cycle() {
        let Some(chunk) = chunks.next_chunk().transpose() else { return };
        let is_last = chunk.is_err();
        if inbox.send(chunk).is_err() || is_last {
            return;
        }
    }
}

fn work<W: Work>(mut worker: W, chunks: &Receiver<Result<Chunk, BatchError>>, results: &SyncSender<Result<W::Done, BatchError>>) {
    for chunk in chunks {
        let result = chunk.and_then(|chunk| worker.work(&chunk));
        let is_last = result.is_err();
        if results.send(result).is_err() || is_last {
            worker.abandon();
            return;
        }
    }
}
