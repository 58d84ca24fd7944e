// Package corpus holds the tests that compare the tool with real code and with Nix itself. They need the
// reference data beside the repository and, in part, nix-instantiate; what is missing skips them.
//
// By default they take a sample; -long or NIXSIFT_LONG=1 takes everything.
package corpus
