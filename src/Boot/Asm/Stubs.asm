; What Boot's C# cannot say.

        default rel
        bits 64

ARENA_SIZE      equ 2 << 20             ; objects made at boot: Iced's tables are 520 KiB of them

        section .zbss bss align=4096
arena:          resb ARENA_SIZE

        section .text

        global  BootArena
; rax = size of the boot arena, [rcx] = its address
BootArena:
        lea     rax, [arena]
        mov     [rcx], rax
        mov     eax, ARENA_SIZE
        ret
