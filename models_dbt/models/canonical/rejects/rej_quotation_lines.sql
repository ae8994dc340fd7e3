-- One row per refused row of quotation lines, with the first rule that it breaks.
{{ rejected_rows('quotation_lines', parents=['quotations', 'items']) }}
