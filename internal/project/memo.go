package project

import (
	"maps"
	"sync"
	"sync/atomic"
)

// memo computes the value of each key once and keeps it. It may be used from several goroutines; the zero value is
// ready for use.
type memo[K comparable, V any] struct {
	mu     sync.Mutex
	values map[K]*lazy[V]
}

// get returns the value of a key. compute runs outside of the lock, so that it may ask for others.
func (m *memo[K, V]) get(key K, compute func() V) V {
	m.mu.Lock()
	l := m.values[key]
	if l == nil {
		if m.values == nil {
			m.values = map[K]*lazy[V]{}
		}
		l = &lazy[V]{}
		m.values[key] = l
	}
	m.mu.Unlock()
	return l.get(compute)
}

// without returns a memo with the same values but for those of some keys; m itself where it has none of them.
func (m *memo[K, V]) without(keys ...K) *memo[K, V] {
	m.mu.Lock()
	defer m.mu.Unlock()
	var values map[K]*lazy[V]
	for _, key := range keys {
		if _, ok := m.values[key]; ok {
			if values == nil {
				values = maps.Clone(m.values)
			}
			delete(values, key)
		}
	}
	if values == nil {
		return m
	}
	return &memo[K, V]{values: values}
}

// known returns the values that are there.
func (m *memo[K, V]) known() map[K]V {
	m.mu.Lock()
	defer m.mu.Unlock()
	values := map[K]V{}
	for key, l := range m.values {
		if l.done.Load() {
			values[key] = l.value
		}
	}
	return values
}

// lazy computes a value once.
type lazy[T any] struct {
	once  sync.Once
	value T
	done  atomic.Bool // value is there
}

func (l *lazy[T]) get(compute func() T) T {
	l.once.Do(func() {
		l.value = compute()
		l.done.Store(true)
	})
	return l.value
}
