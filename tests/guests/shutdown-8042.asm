; Reset by the keyboard controller: command FEh pulses its output line 0.

%define GUEST_NAME "shutdown-8042"
%include "common.inc"

%define I8042_BUSY      2
%define PULSE_RESET     0xFE

main:   in      al, I8042_COMMAND
        test    al, I8042_BUSY
        jnz     main
        PRINT   {"done", 10}
        mov     al, PULSE_RESET
        out     I8042_COMMAND, al
        mov     ecx, 1000000
.wait:  pause
        loop    .wait
        PRINT   {"FAIL still running", 10}
        jmp     stop
