// Package suppressions holds the rules about comments that silence findings. The engine makes their findings
// when it applies the comments.
package suppressions

const family = "suppressions"
