cimport cython

from zsparkcrawl.chinese.slots cimport Slots


cdef class Runs:
    cdef readonly int length
    cdef readonly int[::1] ones
    cdef dict _far
    cdef Slots _pairs, _triples
    cdef int[::1] _pair_times, _triple_times

    cpdef int times(self, str run) except -1
    cpdef int one(self, int code) except -1
    @cython.locals(slot=cython.int)
    cpdef int two(self, long long first, long long second) noexcept
    @cython.locals(slot=cython.int)
    cpdef int three(self, long long first, long long second, long long third) noexcept
    cpdef int add(self, str run, int times) except -1
    @cython.locals(first=cython.longlong, second=cython.longlong, third=cython.longlong, place=cython.int)
    cdef int _count(self, const unsigned int[::1] codes, const unsigned int[::1] plain) except -1
    cdef int _add_one(self, int code, int times) except -1
    cdef long long _plain_far(self, long long code) except -1
