package table

import "fmt"

// Percent is a share as a cell: 0.9197 is "91.97 %".
func Percent(share float64) string { return fmt.Sprintf("%.2f %%", 100*share) }
