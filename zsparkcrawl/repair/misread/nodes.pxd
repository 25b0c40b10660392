cdef class Node:
    cdef readonly Node before
    cdef readonly int place
    cdef readonly str text
    cdef readonly double bits
    cdef readonly bint standing
    cdef readonly tuple options


cdef class Path:
    cdef readonly double cost
    cdef readonly str context
    cdef readonly tuple begun
    cdef readonly Node node
    cdef readonly bint standing
    cdef readonly int in_a_row
