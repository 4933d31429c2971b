select
    audience,
    cell,
    lower,
    upper,
    protection
from disclosure.audit
where not is_protected and not is_already_disclosed
