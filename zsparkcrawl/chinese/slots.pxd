cimport cython


cdef class Slots:
    cdef readonly int count
    cdef long long _mask
    cdef long long[::1] _keys
    cdef int[::1] _places
    cdef int[::1] _taken

    @cython.locals(place=cython.longlong)
    cpdef int find(self, long long key) noexcept
    @cython.locals(place=cython.longlong)
    cpdef int add(self, long long key) except -1
    @cython.locals(slot=cython.int)
    cpdef int clear(self) except -1
    cdef inline long long _place(self, long long key) noexcept
    @cython.locals(
        keys="long long[::1]", taken="int[::1]", size=cython.longlong, slot=cython.int, key=cython.longlong,
        place=cython.longlong,
    )
    cdef int _grow(self) except -1
