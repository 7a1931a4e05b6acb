; All of the guest-physical address space: RAM that nobody has written is zero, whoever had it before, and where there is none all reads as ones. Then all of the RAM
; is filled, for whoever has it next to find: run it with `restart: always` where the machine has RAM for one such VM alone.

%define GUEST_NAME "memory"
%include "common.inc"

%define MB_MEMORY_UPPER 8               ; KiB above 1 MiB
%define RAM_START       0x100000
%define STEP            0x200000
%define DEVICES         0xFEA00000      ; from here on there are some
%define PATTERN         0xFEEDFACECAFED00D
%define HUGE_PAGE       0x83            ; present, writable, a page of 1 GiB
%define GIB_SHIFT       30
%define HIGH_GIB        4               ; an entry of the PDPT that nothing uses
%define MOST_GIB        512
%define PDPE1GB         26              ; CPUID 8000_0001 EDX

main:   UNLESS_EMULATOR
        mov     eax, [multiboot_info]
        mov     ebp, [rax + MB_MEMORY_UPPER]
        shl     rbp, 10
        add     rbp, RAM_START          ; the end of RAM

        mov     edi, MEMORY_END
        call    first_not_zero
        EXPECT_EQUAL "RAM that nobody wrote is zero", rax, 0

        ; The next multiple of 2 MiB where there is no RAM.
        lea     rdi, [rbp + STEP - 1]
        and     rdi, -STEP
        mov     rsi, -1
.below: and     rsi, [rdi]
        add     rdi, STEP
        mov     eax, DEVICES
        cmp     rdi, rax
        jb      .below
        EXPECT_EQUAL "below 4 GiB there is nothing else", rsi, -1

        mov     eax, 0x80000001
        cpuid
        bt      edx, PDPE1GB
        jnc     .fill
        mov     ecx, HIGH_GIB
        mov     rsi, -1
        mov     rdi, HIGH_GIB << GIB_SHIFT
.above: mov     rax, rcx
        shl     rax, GIB_SHIFT
        or      rax, HUGE_PAGE
        mov     [PDPT + HIGH_GIB * 8], rax
        invlpg  [rdi]
        and     rsi, [rdi]
        inc     ecx
        cmp     ecx, MOST_GIB
        jb      .above
        EXPECT_EQUAL "above 4 GiB there is nothing", rsi, -1

.fill:  mov     rax, PATTERN
        mov     edi, MEMORY_END
        mov     rcx, rbp
        sub     rcx, rdi
        shr     rcx, 3
        rep stosq
        END_UNLESS
        jmp     finish

; rdi: where to begin, rbp: the end. Returns rax: what the first word that is not zero holds, or 0; changes rcx, rdi.
first_not_zero:
        mov     rcx, rbp
        sub     rcx, rdi
        shr     rcx, 3
        xor     eax, eax
        repe scasq
        je      .none
        mov     rax, [rdi - 8]
.none:  ret
