-- The policy `olist` in SQL: one row for each lead, with the first column that makes it unreadable or else its answers.
-- Amounts are in thousandths where they are not whole; the day of the run is 2018-05-15.
-- A choice may be written with `_` or `-` for a blank and in any case; several profiles stand between commas or semicolons.
-- Tables: leads and deals (the data set), dirty (rows of the joined shape that somebody typed).

create table joined as
  select leads.mql_id, first_contact_date, landing_page_id, origin, won_date, business_segment, lead_type, lead_behaviour_profile,
         has_company, has_gtin, average_stock, business_type, declared_product_catalog_size, declared_monthly_revenue
    from leads left join deals on deals.mql_id = leads.mql_id
  union all
  select * from dirty;

-- Pages with at least 20 leads are known, those with at least 200 are main pages.
create table pages as
  select landing_page_id, case when count(*) >= 200 then 'main' else 'side' end as tier
    from leads group by landing_page_id having count(*) >= 20;

update joined set
  origin = lower(trim(replace(replace(origin, '_', ' '), '-', ' '))),
  lead_type = lower(trim(replace(replace(lead_type, '_', ' '), '-', ' '))),
  lead_behaviour_profile = lower(lead_behaviour_profile),
  has_company = case lower(has_company) when 'yes' then 'True' when 'no' then 'False' else has_company end,
  has_gtin = case lower(has_gtin) when 'yes' then 'True' when 'no' then 'False' else has_gtin end;

create table checked as
  select *, case
    when first_contact_date is null or date(julianday(first_contact_date)) is not first_contact_date then 'first_contact_date'
    when landing_page_id is null then 'landing_page_id'
    when origin not in ('organic search', 'paid search', 'social', 'direct traffic', 'email', 'referral', 'display',
                        'other publicities', 'other', 'unknown') then 'origin'
    when won_date is not null and datetime(won_date) is not won_date then 'won_date'
    when lead_type not in ('online big', 'online medium', 'online small', 'online beginner', 'online top', 'industry', 'offline',
                           'other') then 'lead_type'
    when trim(replace(replace(replace(replace(replace(replace(lead_behaviour_profile, 'cat', ''), 'eagle', ''), 'wolf', ''), 'shark', ''),
                      ',', ''), ';', '')) <> '' then 'lead_behaviour_profile'
    when has_company not in ('True', 'False') then 'has_company'
    when has_gtin not in ('True', 'False') then 'has_gtin'
    when average_stock not in ('1-5', '5-20', '20-50', '50-200', '200+', 'unknown') then 'average_stock'
    when business_type not in ('reseller', 'manufacturer', 'other') then 'business_type'
    when cast(declared_product_catalog_size as real) not between 0 and 10000 then 'declared_product_catalog_size'
    when cast(declared_monthly_revenue as real) not between 0 and 10000000 then 'declared_monthly_revenue'
    else '' end as rejected
  from joined;

create table facts as
  select *,
    (select tier from pages where pages.landing_page_id = checked.landing_page_id) as page_tier,
    -- a day that lies ahead has no age
    case when first_contact_date <= '2018-05-15' then cast(julianday('2018-05-15') - julianday(first_contact_date) as integer) end as age,
    case when substr(won_date, 1, 10) <= '2018-05-15'
         then cast(julianday('2018-05-15') - julianday(substr(won_date, 1, 10)) as integer) end as seller_days,
    cast(declared_monthly_revenue as real) as revenue,
    cast(declared_product_catalog_size as real) as catalogue
  from checked where rejected = '';

create table scored as
  select *,
    case origin when 'organic search' then 6 when 'paid search' then 5 when 'direct traffic' then 4 when 'referral' then 3
                when 'social' then -2 when 'email' then -4 when 'display' then -6 when 'other publicities' then 0 when 'other' then 0
                when 'unknown' then 8 else 10 end as origin_priority,
    case page_tier when 'main' then 10 when 'side' then 4 else -5 end as page_priority,
    case when age is null then 0 when age < 30 then 10 when age <= 89 then 5 when age <= 179 then 1 else -3 end as age_priority,
    case lead_type when 'online top' then 12 when 'online big' then 10 when 'online medium' then 7 when 'online small' then 4
                   when 'online beginner' then 2 when 'industry' then 9 when 'offline' then 5 else 0 end
    + case when lead_behaviour_profile like '%shark%' then 20 when lead_behaviour_profile like '%wolf%' then 12
           when lead_behaviour_profile like '%eagle%' then 8 when lead_behaviour_profile like '%cat%' then 5 else 0 end
    + case has_company when 'True' then 10 when 'False' then -5 else 0 end
    + case average_stock when '1-5' then 1 when '5-20' then 2 when '20-50' then 4 when '50-200' then 6 when '200+' then 9
                         when 'unknown' then -1 else 0 end as kind_points,
    case when catalogue is null then 0 when catalogue < 500 then cast(catalogue / 50 as integer) else 12 end
    + case when revenue >= 50000 then 15 else 0 end
    - case when won_date is not null and (revenue is null or revenue = 0) then 3 else 0 end
    + case when lower(business_segment) in ('home decor', 'health_beauty') then 2 else 0 end as size_points
  from facts;

-- thousandths of a point: weight of the section x (weight x priority x 10), in per cent of per cent
create table summed as
  select *,
    10 * (70 * origin_priority + 30 * page_priority) * 10 as source_thousandths,
    max(0, min(100000,
      60 * (70 * origin_priority + 30 * page_priority) + 40 * 100 * age_priority
      - case when origin is null and age > 200 then 12500 else 0 end)) as interest_thousandths,
    min(30, kind_points) + size_points as seller
  from scored;

create table decided as
  select *, case
    when seller_days <= 60 then 'new_seller'
    when won_date is not null then 'seller'
    when interest_thousandths >= 60000 then 'hot'
    when interest_thousandths >= 35000 then 'warm'
    else 'cold' end as status
  from summed;

select joined.mql_id, joined.rejected, status, interest_thousandths, source_thousandths, seller, size_points,
    case when joined.rejected <> '' then null when seller_days is not null then 'seller' when status in ('hot', 'warm') then 'worked'
         else 'asked' end as stage,
    case when joined.rejected <> '' then null
         when revenue >= 100000 or decided.lead_type in ('industry', 'online big') then 'key_accounts'
         when status in ('hot', 'warm') and page_tier is not null then page_tier || '_desk'
         when decided.origin is not null and decided.origin not in ('unknown', 'other') then 'nurturing'
         else 'triage' end as desk,
    case when decided.lead_behaviour_profile like '%wolf%' or decided.lead_behaviour_profile like '%shark%' or catalogue > 300
         then case when catalogue >= 400 or seller >= 30 then 'catalogue_large' else 'catalogue' end end as catalogue_desk
  from checked as joined left join decided on decided.mql_id = joined.mql_id
  order by joined.rowid;
