package role_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/parser"
)

func TestRunsTest(t *testing.T) {
	for _, name := range []string{
		"runTest", "makeTest", "nixosTest", "runNixOSTest", "simpleTest", "makeTestPython", "runTestOn", "handleTest", "handleTestOn", "mkTest", "makeTest'",
		"mkVMTest", "nixosTests", "evalTest", "runTestInteractive",
	} {
		assert.True(t, role.RunsTest(name), name)
	}
	for _, name := range []string{"", "test", "Test", "mkTester", "runLatest", "mkLatestPackage", "makeTestament", "mkOption", "runTesting"} {
		assert.False(t, role.RunsTest(name), name)
	}
}

func TestIsTest(t *testing.T) {
	for text, want := range map[string]bool{
		"{ nodes.a = { }; setupScript = \"\"; }":                      true,
		"{ nodes = { }; enableOCR = true; }":                          true,
		"{ inherit nodes testScript; }":                               true,
		"{ inherit nodes; setupScript = \"\"; }":                      true,
		"{ testScript.text = \"\"; }":                                 true,
		"{ setupScript = \"\"; }":                                     false,
		"{ nodes.a = { }; }":                                          false,
		"{ machine = 1; script = 2; }":                                false,
		"pkgs.testers.runNixOSTest { name = \"a\"; }":                 true,
		"(import ./make-test-python.nix) ({ pkgs, ... }: { })":        true,
		"import ../lib/make-test.nix { inherit pkgs; } { name = 1; }": true,
		"import ./make-test-python.nix":                               false,
		"import ./make-host.nix { password = 1; }":                    false,
	} {
		assert.Equal(t, want, role.IsTest(parser.Parse(text).Expr()), text)
	}
}
