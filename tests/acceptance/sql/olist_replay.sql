-- From first contact to contract, by hand: one row for each lead, in the order of the file.
-- Instants are seconds since 1970, made of local times of São Paulo: two hours behind UTC from 2017-10-15 01:00 to 2018-02-17 24:00, when
-- clocks were an hour ahead, and from 2018-11-04 01:00 on; else three. The midnight that was skipped counts as 01:00, which is the same instant.
-- Tables: leads and deals (the data set).

create table instants as
  select leads.rowid as place, leads.mql_id, origin, first_contact_date || ' 00:00:00' as contact, won_date as won
    from leads left join deals on deals.mql_id = leads.mql_id;

create table seconds as
  select *,
    cast(strftime('%s', contact) as integer) + case
      when contact >= '2017-10-15 01:00:00' and contact < '2018-02-18 00:00:00' or contact >= '2018-11-04 01:00:00' then 7200 else 10800
    end as contact_at,
    cast(strftime('%s', won) as integer) + case
      when won >= '2017-10-15 01:00:00' and won < '2018-02-18 00:00:00' or won >= '2018-11-04 01:00:00' then 7200 else 10800
    end as won_at
  from instants;

-- 500 days later at the same local time
create table ends as
  select *, cast(strftime('%s', contact, '+500 days') as integer) + case
      when datetime(contact, '+500 days') >= '2017-10-15 01:00:00' and datetime(contact, '+500 days') < '2018-02-18 00:00:00'
        or datetime(contact, '+500 days') >= '2018-11-04 01:00:00' then 7200 else 10800
    end as cold_at
  from seconds;

select mql_id,
    case when origin = 'social' then 'social_desk' else 'desk' end as queue,
    contact_at,
    -- one was won before it was contacted: a row of `asked` does not wait for that
    case when won_at >= contact_at and won_at < cold_at then won_at end as seller_at,
    case when won_at < contact_at then won_at end as impossible_at,
    case when (won_at is null or won_at < contact_at or won_at >= cold_at) and cold_at <= strftime('%s', '2018-12-01 02:00:00') + 0
         then cold_at end as cold_at,
    case when won_at >= contact_at and won_at < cold_at then won_at - contact_at end as seconds_to_win
  from ends order by place;
