package all_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
)

// TestToldOnce holds that what rules about pure evaluation tell of a place no other rule tells as well, and that where they are
// off, or a file is not reached, the others go on to.
func TestToldOnce(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": `{ outputs = _: {
  a = fetchTarball "https://example.org/x.tar.gz";
  b = import /etc/x.nix;
  c = import ./passed.nix { pkgs = 1; };
}; }`,
		"shell.nix":  "[ (fetchTarball \"https://example.org/x.tar.gz\") (import /etc/x.nix) ]",
		"passed.nix": "{ pkgs ? fetchTarball \"https://example.org/x.tar.gz\" }: pkgs",
	})
	stable := []string{"fetch-tarball-without-hash", "absolute-path-literal"}
	for _, c := range []struct {
		only []string
		want []string
	}{
		{stable, []string{"fetch-tarball-without-hash", "absolute-path-literal", "fetch-tarball-without-hash", "fetch-tarball-without-hash", "absolute-path-literal"}},
		{append([]string{"impure-fetch", "impure-path"}, stable...), []string{"impure-fetch", "impure-path", "fetch-tarball-without-hash", "fetch-tarball-without-hash", "absolute-path-literal"}},
	} {
		res, err := engine.Check(context.Background(), engine.Options{Paths: []string{dir}, Only: c.only})
		require.NoError(t, err)
		var got []string
		for _, f := range res.Findings {
			got = append(got, f.Rule)
		}
		assert.Equal(t, c.want, got)
	}
}
