package project

import "sync"

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

// forget drops the value of a key.
func (m *memo[K, V]) forget(key K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, key)
}

// lazy computes a value once.
type lazy[T any] struct {
	once  sync.Once
	value T
}

func (l *lazy[T]) get(compute func() T) T {
	l.once.Do(func() { l.value = compute() })
	return l.value
}
