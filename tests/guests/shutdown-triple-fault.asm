; A triple fault: no handler can be reached, so the machine is reset.

%define GUEST_NAME "shutdown-triple-fault"
%include "common.inc"

main:   PRINT   {"done", 10}
        lidt    [nothing]
        int3
        PRINT   {"FAIL still running", 10}
        jmp     stop

        section .data
nothing:        dw 0
                dq 0
        section .text
