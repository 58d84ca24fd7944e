// Command releaseconfig reads a configuration of GoReleaser as GoReleaser does, which refuses keys that it does not
// know and values of other types. It is a module of its own, since only CI needs it; the whole of GoReleaser takes many
// minutes to build.
package main

import (
	"fmt"
	"os"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: releaseconfig FILE")
		os.Exit(2)
	}
	if _, err := config.Load(os.Args[1]); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}
