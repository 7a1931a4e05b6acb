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

        extern  BootGoOn
        global  BootEnter
; rcx = root table, rdx = top of a stack, a multiple of 16: goes on in BootGoOn with these, for good. It is one step, as the old stack is not mapped in the
; new tables; and it is a symbol, not a function pointer, so that the auditor knows that nothing else gets there.
BootEnter:
        mov     cr3, rcx
        mov     rsp, rdx
        xor     ebp, ebp
        sub     rsp, 32
        push    rbp                     ; the unwinder ends at a return address of 0
        jmp     BootGoOn
