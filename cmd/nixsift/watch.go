package main

import "context"

func (f *checkFlags) checkAgainAndAgain(ctx context.Context, s streams, wd string) error { return nil }
