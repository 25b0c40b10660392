cimport cython

from zsparkcrawl.chinese.slots cimport Slots


@cython.locals(key=cython.longlong)
cdef long long _key(str run) except -1


cdef class Runs:
    cdef readonly int length
    cdef Slots _slots
    cdef int[::1] _times

    @cython.locals(slot=cython.int)
    cpdef int times(self, str run) except -1
    cpdef int add(self, str run, int times) except -1
    @cython.locals(slot=cython.int)
    cpdef int of(self, long long first, long long second, long long third) noexcept
    @cython.locals(first=cython.longlong, second=cython.longlong, third=cython.longlong, place=cython.int)
    cdef int _count(self, const unsigned int[::1] codes, const unsigned int[::1] plain) except -1
    cdef inline int _count_one(self, long long key) except -1
    cdef long long _far(self, long long code) except -1
