// Package secrets holds the rules about passwords, keys and tokens that stand in files, and so in the Git repository and in the Nix store,
// which everybody who has the machine can read. What a rule marks as a secret nothing shows (diag.Finding.Secret).
package secrets

const family = "secrets"
