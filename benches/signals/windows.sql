-- The windows of windows.lead in SQL. {signals} and {leads} are tables, {out} is a file.
COPY (
  WITH past AS (
    SELECT lead_id, signal, lower(trim(path)) AS path, local_day, date_diff('day', local_day, DATE '2026-11-18') AS days
    FROM (
      SELECT lead_id, signal, path, CAST(timezone('America/New_York', time) AS DATE) AS local_day
      FROM {signals}
      WHERE time <= TIMESTAMPTZ '2026-11-18 15:00:00-05'
    )
  ), windows AS (
    SELECT
      lead_id,
      count(*) FILTER (signal = 'page_view' AND starts_with(path, '/careers') AND days <= 30) AS careers,
      round(sum(CAST(round(pow(0.5, days / 30.0), 6) AS DECIMAL(18, 6))) FILTER (signal = 'page_view' AND starts_with(path, '/products')), 2) AS products,
      count(DISTINCT local_day) FILTER (signal = 'brochure_download' AND days <= 90) AS brochures,
      bool_or(signal = 'ask_for_rep' AND days <= 14) AS asked,
      min(days) FILTER (signal = 'page_view') AS quiet
    FROM past
    GROUP BY lead_id
  )
  SELECT
    lead_id,
    least(coalesce(careers, 0), 10) * 10 AS careers_score,
    least(coalesce(products, 0), 10) * 10 AS products_score,
    least(coalesce(brochures, 0), 10) * 10 AS brochure_score,
    CASE WHEN asked THEN 100 ELSE 0 END AS asked_score,
    CASE WHEN quiet IS NULL THEN 0 WHEN quiet < 7 THEN 100 WHEN quiet < 30 THEN 40 ELSE 10 END AS quiet_score
  FROM {leads} LEFT JOIN windows USING (lead_id)
) TO '{out}' (FORMAT parquet)
