package flake

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
)

// list writes names as prose, `a`, `b` and `c`, at most limit of them.
func list(names []string, limit int) string {
	quoted := make([]string, 0, len(names))
	for _, n := range names {
		quoted = append(quoted, diag.Code(n))
	}
	return join(quoted, limit)
}

// join writes items as prose, at most limit of them.
func join(items []string, limit int) string {
	if more := len(items) - limit; more > 0 {
		items = append(items[:limit:limit], fmt.Sprintf("%d more", more))
	}
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}
