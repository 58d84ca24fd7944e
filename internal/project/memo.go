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

// without returns a memo with the same values but for those of some keys. It is another one in any case: who still uses m
// may ask for such a key later, and what it gets then is not for who uses the new one.
func (m *memo[K, V]) without(keys ...K) *memo[K, V] {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := &memo[K, V]{values: maps.Clone(m.values)}
	for _, key := range keys {
		delete(next.values, key)
	}
	return next
}

// known returns the values that are there.
func (m *memo[K, V]) known() map[K]V {
	m.mu.Lock()
	defer m.mu.Unlock()
	values := make(map[K]V, len(m.values))
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
