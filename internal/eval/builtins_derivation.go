package eval

// registerDerivation adds derivation. Facts: libexpr/primops/derivation.nix.
func registerDerivation() {
	register("derivation", func(c *invocation) *Value {
		v := c.arg(0, Set)
		switch {
		case v == nil:
			return nil
		case !v.isKnown() || v.set == nil || !c.pay(v.set.size):
			return bare(Set | Failures)
		}
		if _, has, _ := v.set.lookup("outputs"); has != Absent {
			return bare(Set | Failures) // they are attributes of it, too
		}
		text := given(bare(String | Failures)) // what is to be built may not be as it must
		own := map[string]attr{
			"out": {value: given(bare(Set | Failures))}, "all": {value: given(bare(List))}, "drvAttrs": {value: c.args[0]}, "outPath": {value: text},
			"drvPath": {value: text}, "type": {value: given(stringValue("derivation"))}, "outputName": {value: given(stringValue("out"))},
		}
		made := setValue(&set{own: own, size: len(own)})
		return c.updateSets(c.at, v, made)
	})
}
