// Command frame prints what published lessons share with the other pages: the
// style sheet and the switches of language and colours, as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/stheno-ml/stheno/page"
)

func main() {
	err := json.NewEncoder(os.Stdout).Encode(map[string]string{"style": page.Style(), "switches": page.Switches()})
	if err != nil {
		fmt.Fprintln(os.Stderr, "frame:", err)
		os.Exit(1)
	}
}
