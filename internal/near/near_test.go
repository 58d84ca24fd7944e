package near_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/near"
)

func TestFind(t *testing.T) {
	names := []string{"desktop", "web", "pkgs", "lib", "config", "mkOption", "mkIf"}
	for name, want := range map[string]string{
		"dekstop": "desktop", "destop": "desktop", "Config": "config", "mkoption": "mkOption", "mkIff": "mkIf", "lbi": "lib",
		"x": "", "li": "", "laptop": "", "something": "", "desktop": "",
	} {
		assert.Equal(t, want, near.Find(name, names), name)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"ab", "ba", 1}, {"abc", "axc", 1}, {"abc", "ac", 1}, {"abc", "abcd", 1}, {"kitten", "sitting", 3}, {"abcdef", "uvwxyz", 4}, {"a", "abcdefgh", 4}} {
		assert.Equal(t, c.want, near.Distance(c.a, c.b, 3), "%s %s", c.a, c.b)
	}
}
