package lsp_test

import (
	"cmp"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// further are the requests about what another answered, and those that have a program do the work: code_action_test.go, completion_test.go and
// formatting_test.go send them, and so do the tests with the meta model.
var further = []string{"codeAction/resolve", "completionItem/resolve", "textDocument/formatting", "textDocument/rangeFormatting"}

// providers are the methods of capabilities that do not have their names.
var providers = map[string]string{
	"callHierarchy": "textDocument/prepareCallHierarchy", "documentFormatting": "textDocument/formatting", "documentRangeFormatting": "textDocument/rangeFormatting",
	"workspaceSymbol": "workspace/symbol",
}

// methodsOf returns the requests that a server advertises in the capabilities of its answer to initialize.
func methodsOf(t *testing.T, result json.RawMessage) (methods []string) {
	var answer struct {
		Capabilities map[string]json.RawMessage
	}
	require.NoError(t, json.Unmarshal(result, &answer))
	for name, value := range answer.Capabilities {
		feature, ok := strings.CutSuffix(name, "Provider")
		if !ok || string(value) == "false" {
			continue
		}
		var options map[string]json.RawMessage
		_ = json.Unmarshal(value, &options) // true has none
		if feature == "semanticTokens" {
			methods = append(methods, "textDocument/semanticTokens/full", "textDocument/semanticTokens/full/delta", "textDocument/semanticTokens/range")
			continue
		}
		methods = append(methods, cmp.Or(providers[feature], "textDocument/"+feature))
		for option, more := range map[string]string{
			"resolveProvider": strings.Replace(feature, "completion", "completionItem", 1) + "/resolve", "prepareProvider": "textDocument/prepare" + strings.ToUpper(feature[:1]) + feature[1:], "workspaceDiagnostics": "workspace/diagnostic",
		} {
			if string(options[option]) == "true" {
				methods = append(methods, more)
			}
		}
	}
	if strings.Contains(string(answer.Capabilities["workspace"]), `"willRename":`) {
		methods = append(methods, "workspace/willRenameFiles")
	}
	slices.Sort(methods)
	return methods
}

// TestAdvertised holds that what a server advertises to a client that takes everything is what the fixtures check: each request is sent by
// TestMetaModelOfFeatures at their marks, and has a folder of them where it is about code.
func TestAdvertised(t *testing.T) {
	c := lsptest.Start(t, lsp.Options{})
	all := strings.Replace(capable, `"codeAction":{`, `"codeAction":{"dataSupport":true,"resolveSupport":{"properties":["edit"]},`, 1)
	advertised := methodsOf(t, c.Initialize(t.TempDir(), all))
	c.Shutdown()
	checked := slices.Concat(asked, further)
	slices.Sort(checked)
	assert.Equal(t, checked, advertised)
	for _, method := range asked {
		_, feature, _ := strings.Cut(method, "/")
		switch {
		case feature == "diagnostic" || strings.HasPrefix(feature, "prepare"):
			continue // pull_test.go; the other feature
		case method == "workspace/symbol":
			feature = "workspaceSymbol"
		case strings.HasPrefix(feature, "semanticTokens"):
			feature = "semanticTokens"
		}
		assert.NotNil(t, features[feature], "marker_test.go sends no %s", method)
		files, err := filepath.Glob(filepath.Join("testdata", feature, "*.txtar"))
		require.NoError(t, err)
		assert.NotEmpty(t, files, "testdata/%s has no fixture of %s", feature, method)
	}
}
