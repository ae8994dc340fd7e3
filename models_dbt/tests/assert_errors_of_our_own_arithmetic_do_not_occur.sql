-- The laws that are graded as errors: stock layers, layer uses, rows read. Any row stops publishing.
select *
from {{ ref('reconciliation_differences') }}
where severity = 'error'
