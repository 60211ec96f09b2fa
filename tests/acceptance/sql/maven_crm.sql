-- The policy `maven_crm` in SQL: one row for each opportunity. The day of the run is 2017-09-01.
-- Tables: pipeline, agents, products, accounts as the data set has them.

create table facts as
  select pipeline.*, agents.regional_office as region,
    products.series, cast(products.sales_price as integer) as list_price,
    cast(close_value as integer) as value,
    case when engage_date <= '2017-09-01' then cast(julianday('2017-09-01') - julianday(engage_date) as integer) end as open_days,
    accounts.account as known_account, cast(accounts.employees as integer) as employees, accounts.office_location,
    accounts.subsidiary_of,
    -- cents of revenue a year for each employee, rounded half away from zero to dollars
    (cast(replace(accounts.revenue, '.', '') as integer) * case when accounts.revenue like '%.__' then 1 when accounts.revenue like '%._'
      then 10 else 100 end * 10000 * 2 + cast(accounts.employees as integer)) / (2 * cast(accounts.employees as integer)) as per_employee
  from pipeline
  left join agents on agents.sales_agent = pipeline.sales_agent
  left join products on products.product = case pipeline.product when 'GTXPro' then 'GTX Pro' else pipeline.product end
  left join accounts on accounts.account = pipeline.account;

create table decided as
  select *,
    case when coalesce(value, list_price) >= 4000 then 'large' when coalesce(value, list_price) >= 1000 then 'medium'
         else 'small' end as deal_size,
    case when account is null then 'none' when known_account is null then 'unknown' when per_employee >= 500000 then 'rich'
         when employees >= 5000 then 'large' when office_location <> 'United States' then 'abroad'
         when subsidiary_of is not null then 'member' else 'other' end as house,
    max(-100, min(100,
      case when list_price < 10000 then list_price / 250 else 60 end
      + case when list_price - value > 100 then 7 else 0 end
      - case when open_days > 120 and close_date is null then 9 else 0 end)) as effort
  from facts;

select opportunity_id, deal_size, house, effort,
    case when deal_stage = 'Won' then 'won' when deal_stage = 'Lost' then 'lost'
         when deal_stage = 'Engaging' and open_days > 200 then 'stalled' when deal_stage = 'Engaging' then 'engaging'
         else 'prospecting' end as stage,
    case when deal_size = 'large' and house in ('rich', 'large') then 'head_office'
         when deal_stage <> 'Prospecting' and series = 'GTK' then 'large_systems'
         when deal_stage <> 'Prospecting' then lower(region) || '_' || lower(series)
         else 'inbox' end as desk
  from decided order by rowid;
