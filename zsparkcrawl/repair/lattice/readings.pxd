cimport cython


cdef class Readings:
    cdef object _matched, _annotated, _third_of
    cdef dict _numbers
    cdef int _used, _rows, _room
    cdef readonly int[::1] begin, end, trail, third
    cdef readonly double[::1] bits

    cpdef int number(self, str reading) except -1
    @cython.locals(number=cython.int, lead=cython.int)
    cdef int _fill(self, str reading) except -1
