; A neighbour that never halts and never exits by itself.

%define GUEST_NAME "spin"
%include "common.inc"

main:   jmp     main
