-- What the settings say of how much of a group may be shown: one row.
select
    max(value) filter (where name = 'peers_for_median') as peers_for_median,
    max(value) filter (where name = 'peers_for_quartiles') as peers_for_quartiles,
    max(value) filter (where name = 'share_of_peers_reader_may_know') as share_known
from reference.settings
