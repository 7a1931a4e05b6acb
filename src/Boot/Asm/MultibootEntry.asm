; The ways in by multiboot 1 and 2. The loader puts the file as it is at LOAD_ADDRESS, so a symbol's physical address is its image-relative
; address (wrt ..imagebase) plus that; the headers say so by addresses of their own (flag 16; the address tag).
        default rel

LOAD_ADDRESS    equ 2 << 20
PAGE            equ 4096
%define phys(symbol) symbol + LOAD_ADDRESS wrt ..imagebase

        extern  __ImageBase
        extern  MultibootStart

        section .zbss bss align=4096
root:           resb PAGE               ; level 4
low_pointers:   resb PAGE               ; level 3, the first 512 GiB
low_tables:     resb PAGE * 4           ; level 2, the first 4 GiB in pages of 2 MiB
high_pointers:  resb PAGE               ; level 3, the last 512 GiB
high_table:     resb PAGE               ; level 2, the image: it lies at a multiple of 2 MiB
stack:          resb 32 << 10
stack_top:

        section .zbss$zz bss align=16
image_end:

        section .text$00 code align=16
; ---- Multiboot Specification 0.6.96, 3.1 ----
MB1_MAGIC       equ 0x1BADB002
MB1_FLAGS       equ (1 << 0) | (1 << 1) | (1 << 16) ; modules page-aligned, memory map, addresses are in the header

        align   4
mb1_header:
        dd      MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)
        dd      phys(mb1_header)
        dd      LOAD_ADDRESS            ; load_addr: the file's first byte, as far as the header is from it
        dd      0                       ; load_end_addr: all of the file
        dd      phys(image_end)         ; bss_end_addr
        dd      phys(entry)

; ---- Multiboot2 Specification 2.0, 3.1. No framebuffer is asked for: GRUB 2.06 then fails on Bochs' VBE. The text screen is there. ----
MB2_MAGIC       equ 0xE85250D6
MB2_I386        equ 0
TAG_END         equ 0
TAG_ADDRESS     equ 2
TAG_ENTRY       equ 3
TAG_ALIGN       equ 6

        align   8
mb2_header:
        dd      MB2_MAGIC, MB2_I386, mb2_end - mb2_header, (-(MB2_MAGIC + MB2_I386 + (mb2_end - mb2_header))) & 0xFFFFFFFF
        dw      TAG_ADDRESS, 0
        dd      24, phys(mb2_header), LOAD_ADDRESS, 0, phys(image_end)
        dw      TAG_ENTRY, 0
        dd      12, phys(entry)
        align   8
        dw      TAG_ALIGN, 0
        dd      8
        dw      TAG_END, 0
        dd      8
mb2_end:

; ---- 32-bit entry: eax = magic, ebx = physical address of the information, no paging, flat segments ----
        bits    32
PRESENT_WRITE   equ 3
LARGE           equ 1 << 7
HIGH_ROOT       equ 511                 ; the image's index in level 4
HIGH_POINTER    equ 510                 ; and in level 3
CR0_PG          equ 1 << 31
CR0_EM          equ 1 << 2
CR0_TS          equ 1 << 3
CR0_MP          equ 1 << 1
CR4_PAE         equ 1 << 5
CR4_OSFXSR      equ 1 << 9
CR4_OSXMMEXCPT  equ 1 << 10
EFER            equ 0xC0000080
EFER_LME        equ 1 << 8
CPUID_EXTENDED  equ 0x80000000
CPUID_FEATURES  equ 0x80000001
LONG_MODE       equ 1 << 29
COM1            equ 0x3F8
LINE_STATUS     equ 5
THR_EMPTY       equ 1 << 5
LARGE_PAGES_4G  equ 2048
IMAGE_PAGES     equ 8

entry:  cli
        cld
        mov     esp, phys(stack_top)
        mov     esi, eax
        mov     edi, ebx
        rdtsc
        push    edx
        push    eax                     ; the time stamp, for C#

        mov     eax, CPUID_EXTENDED
        cpuid
        cmp     eax, CPUID_FEATURES
        jb      no_long_mode
        mov     eax, CPUID_FEATURES
        cpuid
        test    edx, LONG_MODE
        jz      no_long_mode

        ; The first 4 GiB, to themselves.
        mov     ebx, phys(low_tables)
        mov     eax, PRESENT_WRITE | LARGE
        mov     ecx, LARGE_PAGES_4G
.low:   mov     [ebx], eax
        add     eax, 2 << 20
        add     ebx, 8
        loop    .low
        mov     ebx, phys(low_pointers)
        mov     eax, phys(low_tables + PRESENT_WRITE)
        mov     ecx, 4
.point: mov     [ebx], eax
        add     eax, PAGE
        add     ebx, 8
        loop    .point

        ; The image, where it is linked.
        mov     ebx, phys(high_table)
        mov     eax, LOAD_ADDRESS | PRESENT_WRITE | LARGE
        mov     ecx, IMAGE_PAGES
.image: mov     [ebx], eax
        add     eax, 2 << 20
        add     ebx, 8
        loop    .image
        mov     dword [phys(high_pointers + HIGH_POINTER * 8)], phys(high_table + PRESENT_WRITE)
        mov     dword [phys(root)], phys(low_pointers + PRESENT_WRITE)
        mov     dword [phys(root + HIGH_ROOT * 8)], phys(high_pointers + PRESENT_WRITE)

        mov     eax, cr4
        or      eax, CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT
        mov     cr4, eax
        mov     eax, phys(root)
        mov     cr3, eax
        mov     ecx, EFER
        rdmsr
        or      eax, EFER_LME
        wrmsr
        mov     eax, cr0
        and     eax, ~(CR0_EM | CR0_TS)
        or      eax, CR0_PG | CR0_MP
        mov     cr0, eax
        lgdt    [phys(gdt_pointer)]
        jmp     0x08:phys(long_mode)

no_long_mode:
        mov     esi, phys(no_long_mode_text)
        mov     ecx, no_long_mode_end - no_long_mode_text
.next:  mov     dx, COM1 + LINE_STATUS
        in      al, dx
        test    al, THR_EMPTY
        jz      .next
        lodsb
        mov     dx, COM1
        out     dx, al
        loop    .next
.halt:  hlt
        jmp     .halt

no_long_mode_text:
        db      "[lamina] error: this CPU has no 64-bit mode (long mode); Lamina needs an x86-64 CPU", 13, 10
no_long_mode_end:

        align   8
gdt:    dq      0
        dq      0x00209A0000000000      ; 64-bit code
        dq      0x0000920000000000      ; data
gdt_pointer:
        dw      $ - gdt - 1
        dd      phys(gdt)

        bits    64
long_mode:
        mov     eax, 0x10
        mov     ss, eax
        mov     ds, eax
        mov     es, eax
        mov     rax, .high
        jmp     rax                     ; from here on the code runs where it was linked
.high:  pop     r8                      ; the time stamp
        lea     rsp, [stack_top]
        xor     ebp, ebp
        mov     ecx, esi                ; magic
        mov     edx, edi                ; information
        lea     r9, [__ImageBase]
        sub     rsp, 32                 ; shadow space
        call    MultibootStart
.stop:  cli
        hlt
        jmp     .stop
