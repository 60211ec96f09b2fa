//! Executable memory: from a program to functions that can be called, until they are dropped.
//!
//! Enters: a program. Leaves: [`Code`], one function per segment of its [`Plan`], and the [`Constants`] that the code addresses. Always
//! holds: the memory of the functions is given back when the [`Code`] is dropped, and not before; also when generation fails half-way.

use std::sync::{Mutex, OnceLock};

use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Module, ModuleError};

use super::JitError;
use super::constants::{Constants, ConstantsBuilder};
use super::function::{self, Workspace};
use super::pass::Entry;
use super::plan::{Form, Layout, Options, Plan};
use crate::program::Program;

/// Generated functions, in the order of the plan's segments.
pub struct Code {
    entries: Vec<Entry>,
    /// owns the functions' memory
    _memory: Memory,
}

/// Cranelift keeps a module's memory for ever unless told otherwise. (The lock makes it shareable; nobody locks it.)
struct Memory(Mutex<Option<JITModule>>);

impl Drop for Memory {
    fn drop(&mut self) {
        let module = self.0.get_mut().map_or_else(|poisoned| poisoned.into_inner().take(), Option::take);
        if let Some(module) = module {
            // SAFETY: the functions are called through `Code::entries` alone, by whoever borrows the `Code` that is being dropped:
            // nobody runs them now, and nobody can later.
            unsafe { module.free_memory() };
        }
    }
}

impl Code {
    pub fn generate(program: &Program, form: Form, options: Options) -> Result<(Code, Constants, Layout), JitError> {
        let isa = host()?;
        let builder = JITBuilder::with_isa(isa.clone(), cranelift_module::default_libcall_names());
        let mut memory = Memory(Mutex::new(Some(JITModule::new(builder))));
        let Ok(Some(module)) = memory.0.get_mut().map(Option::as_mut) else {
            return Err(JitError::Generation("no module".into()));
        };

        let mut constants = ConstantsBuilder::default();
        let plan = Plan::new(program, &mut constants, form, options);
        let functions = define(program, &plan, isa, module, &mut constants)?;
        module.finalize_definitions().map_err(generation)?;
        let entry = |function: &FuncId| {
            let address = module.get_finalized_function(*function);
            // SAFETY: the function was built with `function::signature`, which is the signature of `Entry`.
            unsafe { std::mem::transmute::<*const u8, Entry>(address) }
        };
        let entries = functions.iter().map(entry).collect();
        let constants = constants.finish().ok_or_else(|| JitError::Generation("constants take more than 2 GiB".into()))?;
        Ok((Code { entries, _memory: memory }, constants, plan.layout))
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

fn define(
    program: &Program,
    plan: &Plan,
    isa: &OwnedTargetIsa,
    module: &mut JITModule,
    constants: &mut ConstantsBuilder,
) -> Result<Vec<FuncId>, JitError> {
    let mut context = module.make_context();
    let mut workspace = Workspace::new(program);
    let mut functions = Vec::with_capacity(plan.segments.len());
    for segment in 0..plan.segments.len() {
        context.func.signature = function::signature(isa.as_ref());
        let id = module.declare_anonymous_function(&context.func.signature).map_err(generation)?;
        function::build(program, plan, segment, constants, isa.as_ref(), &mut context.func, &mut workspace);
        module.define_function(id, &mut context).map_err(generation)?;
        module.clear_context(&mut context);
        functions.push(id);
    }
    Ok(functions)
}

fn generation(error: ModuleError) -> JitError {
    JitError::Generation(error.to_string())
}

/// Code for the processor at hand.
fn host() -> Result<&'static OwnedTargetIsa, JitError> {
    static HOST: OnceLock<Result<OwnedTargetIsa, String>> = OnceLock::new();
    HOST.get_or_init(find_host).as_ref().map_err(|reason| JitError::UnsupportedHost(reason.clone()))
}

fn find_host() -> Result<OwnedTargetIsa, String> {
    if cfg!(not(all(target_endian = "little", target_pointer_width = "64"))) {
        return Err("it is not a 64-bit processor with the low byte first".into());
    }
    let mut flags = settings::builder();
    let verify = if cfg!(debug_assertions) { "true" } else { "false" };
    for (name, value) in [("opt_level", "none"), ("enable_verifier", verify), ("use_colocated_libcalls", "false"), ("is_pic", "false")] {
        flags.set(name, value).map_err(|error| error.to_string())?;
    }
    let isa = cranelift_native::builder()?.finish(settings::Flags::new(flags)).map_err(|error| error.to_string())?;
    // Without these, vectors would take calls of a library that is not there.
    #[cfg(target_arch = "x86_64")]
    let has_vectors = std::is_x86_feature_detected!("ssse3") && std::is_x86_feature_detected!("sse4.2");
    #[cfg(not(target_arch = "x86_64"))]
    let has_vectors = cfg!(target_arch = "aarch64");
    if has_vectors { Ok(isa) } else { Err("it has no vectors with SSE 4.2".into()) }
}
