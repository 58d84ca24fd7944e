package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
)

// configurations returns the texts of all configurations in the repository by the places that they stand in, those in
// fixtures included.
func configurations(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".git") {
			return filepath.SkipDir
		}
		isConfig := d.Name() == config.FileName
		if d.IsDir() || !isConfig && filepath.Ext(path) != ".txtar" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if isConfig {
			found[path] = string(text)
			return nil
		}
		for _, f := range txtar.Parse(text).Files {
			if filepath.Base(f.Name) == config.FileName {
				found[path+": "+f.Name] = string(f.Data)
			}
		}
		return nil
	})
	require.NoError(t, err)
	return found
}

// TestSchemaAccepts holds the published schema against every configuration in the repository.
func TestSchemaAccepts(t *testing.T) {
	root := testenv.Root(t)
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(root, "docs/schema/nixsift.schema.json"))
	require.NoError(t, err)
	all := configurations(t, root)
	for place, text := range all {
		var value map[string]any
		_, problems := config.Load("/p/nixsift.toml", text, engine.Catalogue(), nil)
		if toml.Unmarshal([]byte(text), &value) == nil && len(problems) == 0 {
			assert.NoError(t, schema.Validate(value), place)
		} else {
			assert.Error(t, schema.Validate(value), place)
		}
	}
	assert.Greater(t, len(all), 3)
}
