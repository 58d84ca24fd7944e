package engine

// Together returns the options of a run that lets projects of so many units wait for each other.
func (o Options) Together(units int) Options {
	o.together = units
	return o
}
