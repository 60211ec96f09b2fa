-- The policy of scorecard.lead over the same fields, in integers of a thousandth point.
COPY (
  WITH sums AS (
    SELECT *,
      20 * (CASE a0 WHEN 'a' THEN 10 WHEN 'b' THEN 6 WHEN 'c' THEN 4 ELSE -10 END)
      + 10 * (CASE a1 WHEN 'alpha' THEN 10 WHEN 'beta' THEN 8 WHEN 'gamma' THEN 6 WHEN 'delta' THEN -10 WHEN 'epsilon' THEN 2 ELSE -2 END)
      + 10 * (CASE a2 WHEN 'north' THEN 5 WHEN 'middle' THEN 3 ELSE 1 END)
      + 10 * (CASE a3 WHEN 'c0' THEN 10 WHEN 'c1' THEN 9 WHEN 'c2' THEN 8 WHEN 'c3' THEN 7 WHEN 'c4' THEN 6 WHEN 'c5' THEN 5 WHEN 'c6' THEN 4 WHEN 'c7' THEN 3
                WHEN 'c8' THEN 2 WHEN 'c9' THEN 1 WHEN 'c10' THEN 0 WHEN 'c11' THEN -1 WHEN 'c12' THEN -2 ELSE -3 END)
      + 30 * (CASE WHEN beds IS NULL THEN -2 WHEN beds < 100 THEN 1 WHEN beds < 250 THEN 4 WHEN beds < 500 THEN 6 ELSE 10 END)
      + 20 * (CASE WHEN years < 2 THEN 0 WHEN years < 5 THEN 2 WHEN years < 10 THEN 4 WHEN years < 20 THEN 6 WHEN years < 40 THEN 8 ELSE 10 END) AS fit,
      20 * (CASE a4 WHEN 'intern' THEN 0 WHEN 'manager' THEN 2 WHEN 'director' THEN 4 WHEN 'vp' THEN 6 WHEN 'chief' THEN 8 ELSE 10 END)
      + 10 * (CASE a5 WHEN 'web' THEN 10 WHEN 'referral' THEN 0 WHEN 'event' THEN -5 WHEN 'partner' THEN 5 WHEN 'paid' THEN 3 WHEN 'organic' THEN 1
                WHEN 'social' THEN -1 WHEN 'email' THEN -3 ELSE -2 END)
      + 20 * (CASE a6 WHEN 'small' THEN 7 WHEN 'medium' THEN -7 ELSE 3 END)
      + 10 * (CASE WHEN wants = 'yes' THEN 10 ELSE 0 END)
      + 30 * (CASE WHEN deal < 1000000 THEN -2 WHEN deal < 5000000 THEN 1 WHEN deal < 25000000 THEN 4 WHEN deal < 100000000 THEN 8 ELSE 10 END)
      + 10 * (CASE WHEN quiet < 1 THEN 10 WHEN quiet < 3 THEN 8 WHEN quiet < 7 THEN 6 WHEN quiet < 14 THEN 3 WHEN quiet < 30 THEN 0 WHEN quiet < 90 THEN -5
                ELSE -10 END) AS interest
    FROM {leads}
  ), totals AS (
    SELECT *, least(greatest(45 * fit + 55 * interest, 0), 100000) AS total FROM sums
  ), stated AS (
    SELECT *, CASE WHEN total >= 42000 THEN 'qualified' WHEN total >= 25000 THEN 'nurture' ELSE 'out' END AS status FROM totals
  )
  SELECT id, CAST(total AS DECIMAL(18, 3)) / 1000 AS total, status,
    CASE WHEN beds >= 500 AND total >= 25000 THEN 'big' WHEN a0 = 'd' THEN 'special' WHEN wants = 'yes' AND status = 'qualified' THEN 'yes_desk'
      WHEN status = 'qualified' THEN 'usual' ELSE 'rest' END AS handover
  FROM stated
) TO '{out}'
