"""The words of a report that a reader may not know, once."""

from impact.reports.content import Term

GLOSSARY = (
    Term("Mutual", "An organisation that left the public sector, delivers public services, and belongs to its staff."),
    Term("In-house, outsourced", "Services that a public body runs itself, and those that others run for it."),
    Term("Peers", "Organisations alike enough to stand beside one another; who they are is said under the method."),
    Term("Basis, instrument", "How days are counted, and which questions are asked of whom. Two of them never mix."),
    Term("Median", "The figure of the organisation in the middle: half lie above it, half below."),
    Term("Middle half", "From a quarter of the way up the peers to three quarters."),
    Term("Pooled", "All organisations added up before dividing, so that large ones weigh more."),
    Term("95% interval", "How sure a figure is: 95 of 100 intervals made like this hold the true figure."),
    Term("Expected range", "Where 95 of 100 organisations like the peers would lie by chance and ordinary spread."),
    Term(
        "Verdict",
        "Where a figure lies beside its expected range: similar within, better or worse outside it, or higher or "
        "lower where neither is good; much before it far outside.",
    ),
    Term(
        "Common cause",
        "What moves from month to month or from survey to survey anyway. Anything more is a special cause, and worth "
        "asking about.",
    ),
    Term(
        "Process limits",
        "How far an organisation's own earlier figures let one expect the next to lie, while nothing changes.",
    ),
    Term(
        "Cash-releasing", "A saving that leaves money over, net of what it cost. Others are shown apart, never added."
    ),
    Term("Real terms", "In the prices of one year, so that years can be set beside one another."),
    Term("Provisional", "A later publication may revise it, and then says what changed and why."),
    Term("[c]", "Withheld, so that nobody is given away."),
    Term("[x]", "Not available: it was not reported, or is not in."),
    Term("[z]", "Not applicable: there can be no such figure."),
    Term("[u]", "Too unreliable to show."),
)
