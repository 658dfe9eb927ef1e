"""Works terms out in float64: draws of values, value rules, derivatives, comparisons."""
