; The first instructions under UEFI. Firmware has loaded the image anywhere and has not relocated it: it is linked at IMAGE_BASE.
; So until the jump at the end all is relative to RIP.

        default rel
        bits 64

IMAGE_BASE      equ 0xFFFFFFFF80000000
TABLES_MAX      equ 16                  ; page tables of 2 MiB each: the most that the image may be, with its bss
PAGE            equ 4096
PRESENT_WRITE   equ 3
CR4_LA57        equ 1 << 12
HIGH_PML4       equ 511                 ; IMAGE_BASE's index in the PML4
HIGH_PDPT       equ 510                 ; and in the page directory pointer table
ADDRESS_MASK    equ 0x000FFFFFFFFFF000

        extern  EfiStart
        extern  __ImageBase

        section .zbss bss align=4096
pml5:           resb PAGE
pml4:           resb PAGE
pdpt:           resb PAGE
directory:      resb PAGE
tables:         resb PAGE * TABLES_MAX

        section .text$00 code align=16

        global  EfiEntry
; rcx = image handle, rdx = system table (UEFI 2.10, 4.1)
EfiEntry:
        push    rbx
        push    rsi
        push    rdi
        push    rbp
        push    r12
        mov     r8, rcx
        mov     r9, rdx
        rdtsc
        shl     rdx, 32
        or      rax, rdx
        mov     r10, rax                ; the time stamp, for C#
        mov     r12, cr3                ; firmware's, to be put back should we return
        lea     rbx, [__ImageBase]      ; where the image really is

        lea     rdi, [tables]           ; each page of the image, 4 KiB each
        mov     rax, rbx
        or      rax, PRESENT_WRITE
        mov     ecx, TABLES_MAX * 512
.page:  mov     [rdi], rax
        add     rax, PAGE
        add     rdi, 8
        dec     ecx
        jnz     .page

        lea     rdi, [directory]
        lea     rax, [tables + PRESENT_WRITE]
        mov     ecx, TABLES_MAX
.table: mov     [rdi], rax
        add     rax, PAGE
        add     rdi, 8
        dec     ecx
        jnz     .table

        lea     rax, [directory + PRESENT_WRITE]
        mov     [pdpt + HIGH_PDPT * 8], rax

        ; A copy of firmware's root, with our entry in it. With 5 levels that is done to the last PML4 and to the PML5 above it.
        mov     rsi, cr3
        mov     rax, ADDRESS_MASK
        and     rsi, rax
        lea     rdx, [pml4]             ; the new root
        mov     rax, cr4
        test    eax, CR4_LA57
        jz      .copy
        lea     rdi, [pml5]
        mov     ecx, 512
        rep movsq
        lea     rdx, [pml5]
        lea     rax, [pml4 + PRESENT_WRITE]
        mov     [pml5 + HIGH_PML4 * 8], rax
        jmp     .root
.copy:  lea     rdi, [pml4]
        mov     ecx, 512
        rep movsq
.root:  lea     rax, [pdpt + PRESENT_WRITE]
        mov     [pml4 + HIGH_PML4 * 8], rax
        mov     cr3, rdx

        mov     rax, .high
        jmp     rax                     ; from here on the code runs where it was linked
.high:  mov     rcx, r8
        mov     rdx, r9
        mov     r8, rbx
        mov     r9, r10
        sub     rsp, 32                 ; shadow space; 5 pushes and the return address before align the stack
        call    EfiStart
        add     rsp, 32
        lea     rdx, [rbx + .low wrt ..imagebase]
        jmp     rdx                     ; C# could not leave firmware: back to where firmware put us, and to it
.low:   mov     cr3, r12
        pop     r12
        pop     rbp
        pop     rdi
        pop     rsi
        pop     rbx
        ret
