; What a multiboot loader hands over (Multiboot Specification 0.6.96, sections 3.2 and 3.3): the machine's state and the boot information.
; Prints the command line, each range of RAM and each module (its command line, its length, the sum of its bytes) for the test to compare.

%define GUEST_NAME "multiboot"
%include "common.inc"

%define LOADER_MAGIC    0x2BADB002
%define INFO_MEMORY     0x001
%define INFO_COMMAND    0x004
%define INFO_MODULES    0x008
%define INFO_MAP        0x040
%define MAP_RAM         1
%define MIB             0x100000
%define FLAG_VM         0x20000

struc info
.flags:         resd 1
.lower:         resd 1
.upper:         resd 1
.device:        resd 1
.command:       resd 1
.module_count:  resd 1
.modules:       resd 1
.symbols:       resd 4
.map_length:    resd 1
.map:           resd 1
endstruc

main:   mov     eax, [multiboot_magic]
        EXPECT_EQUAL "magic", rax, LOADER_MAGIC
        mov     eax, [entry_cr0]
        and     eax, (CR0_PE | CR0_PG) & 0xFFFFFFFF
        EXPECT_EQUAL "entered in protected mode without paging", rax, CR0_PE
        mov     eax, [entry_flags]
        and     eax, FLAG_IF | FLAG_VM
        EXPECT_EQUAL "entered with interrupts off", rax, 0
        ; A20: the first and the second MiB are not the same.
        mov     dword [0x8000], 0x11111111
        mov     dword [0x8000 + 3 * MIB], 0x22222222
        mov     eax, [0x8000]
        EXPECT_EQUAL "A20 is on", rax, 0x11111111

        mov     ebx, [multiboot_info]
        mov     ebp, [rbx + info.flags]
        test    ebp, INFO_MEMORY
        EXPECT  "memory sizes are there", nz
        cmp     dword [rbx + info.lower], 640
        EXPECT  "lower memory is 640 KiB or less", be
        cmp     dword [rbx + info.upper], 1024
        EXPECT  "upper memory is a MiB or more", ae

        test    ebp, INFO_COMMAND
        jz      .no_command
        PRINT   {"command line: "}
        mov     esi, [rbx + info.command]
        call    print
        PRINT   {10}
.no_command:

        test    ebp, INFO_MAP
        EXPECT  "a memory map is there", nz
        mov     r12d, [rbx + info.map]
        mov     r13d, [rbx + info.map_length]
        add     r13, r12
        xor     r14d, r14d              ; 1 when the RAM from 1 MiB up has been seen
.range: cmp     r12, r13
        jae     .map_end
        cmp     dword [r12 + 20], MAP_RAM
        jne     .next
        PRINT   {"ram 0x"}
        mov     rax, [r12 + 4]
        call    print_hex
        PRINT   {" length 0x"}
        mov     rax, [r12 + 12]
        call    print_hex
        PRINT   {10}
        cmp     qword [r12 + 4], MIB
        jne     .next
        mov     rax, [r12 + 12]
        shr     rax, 10
        mov     ecx, [rbx + info.upper]
        EXPECT_EQUAL "upper memory is the map's", rcx, rax
        mov     r14d, 1
.next:  mov     eax, [r12]
        lea     r12, [r12 + rax + 4]
        jmp     .range
.map_end:
        EXPECT_EQUAL "RAM from 1 MiB up is in the map", r14, 1

        test    ebp, INFO_MODULES
        jz      .no_modules
        mov     r12d, [rbx + info.modules]
        mov     r13d, [rbx + info.module_count]
.module:
        sub     r13d, 1
        jb      .no_modules
        PRINT   {"module "}
        mov     esi, [r12 + 8]
        call    print
        PRINT   {" length 0x"}
        mov     eax, [r12 + 4]
        sub     eax, [r12]
        mov     r14d, eax
        call    print_hex
        PRINT   {" sum 0x"}
        mov     esi, [r12]
        xor     edx, edx
        mov     ecx, r14d
        jrcxz   .summed
.sum:   lodsb
        movzx   eax, al
        add     edx, eax
        loop    .sum
.summed:
        mov     eax, edx
        call    print_hex
        PRINT   {10}
        add     r12, 16
        jmp     .module
.no_modules:
        jmp     finish
