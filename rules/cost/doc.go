// Package cost holds the rules about code that takes more time or memory to evaluate than it has to.
package cost

const family = "cost"
