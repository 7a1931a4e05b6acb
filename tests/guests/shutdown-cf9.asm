; Reset by the reset control register at port CF9h (PIIX3 and ICH datasheets): a rising bit 2.

%define GUEST_NAME "shutdown-cf9"
%include "common.inc"

%define RESET_CONTROL   0xCF9
%define HARD            0x02
%define RESET           0x04

main:   PRINT   {"done", 10}
        mov     dx, RESET_CONTROL
        mov     al, HARD
        out     dx, al
        mov     al, HARD | RESET
        out     dx, al
        mov     ecx, 1000000
.wait:  pause
        loop    .wait
        PRINT   {"FAIL still running", 10}
        jmp     stop
