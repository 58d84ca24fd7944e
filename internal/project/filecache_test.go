package project

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/growth"
)

func TestFileCache(t *testing.T) {
	c := new(fileCache)
	half := string(make([]byte, maxKept/2))
	a := c.add(&File{path: "/a", text: half})
	require.Same(t, a, c.add(&File{path: "/a", text: half}))
	c.add(&File{path: "/b", text: half})
	require.Same(t, a, c.find("/a")) // now /b is the one that was asked for first
	c.add(&File{path: "/c", text: "1"})
	require.Nil(t, c.find("/b"))
	require.Same(t, a, c.find("/a"))
	require.Nil(t, c.without([]string{"/a"}).find("/a"))
	require.NotNil(t, c.without([]string{"/a"}).find("/c"))
}

// TestFileCacheIsLinear holds that looking for a file does not look at all others.
func TestFileCacheIsLinear(t *testing.T) {
	growth.Time(t, "files", 2000, func(n int) func() {
		c := new(fileCache)
		paths := make([]string, n)
		for i := range paths {
			paths[i] = fmt.Sprint("/x/", i)
			c.add(&File{path: paths[i], text: "1"})
		}
		return func() {
			for _, p := range paths {
				c.find(p)
			}
		}
	})
}
