; Port I/O: widths, unknown ports, and the string forms with their counts, directions, page crossings and faults in the middle.

%define GUEST_NAME "ports"
%include "common.inc"

%define UNKNOWN_PORT    0x1230
%define WINDOW          0x40000000      ; addresses past RAM, mapped in 4 KiB pages, neighbours lying apart
%define WINDOW_TABLE    SCRATCH
%define PAGE_A          (SCRATCH + 0x4000)
%define PAGE_B          (SCRATCH + 0x2000)
%define BUFFER          (SCRATCH + 0x8000)
%define MASK            0xA5
%define MCR_LOOP        0x10
%define COUNT           3000
%define PCI_PATTERN     0x80001234

main:   mov     al, 0xFF
        out     PIC2_DATA, al
        mov     al, MASK
        out     PIC1_DATA, al

        ; Unknown ports read all ones; only the part of RAX that was asked for changes (and its upper half with 32 bits).
        mov     dx, UNKNOWN_PORT
        xor     eax, eax
        in      al, dx
        EXPECT_EQUAL "unknown port, 8 bits", rax, 0xFF
        xor     eax, eax
        in      ax, dx
        EXPECT_EQUAL "unknown port, 16 bits", rax, 0xFFFF
        mov     rax, 0x1234567800000000
        in      eax, dx
        mov     ebx, -1
        EXPECT_EQUAL "unknown port, 32 bits", rax, rbx
        out     dx, eax
        out     dx, ax
        out     dx, al

        ; Widths on the PCI configuration ports.
        mov     dx, PCI_ADDRESS
        mov     eax, PCI_PATTERN & ~3
        out     dx, eax
        mov     rax, -1
        in      eax, dx
        mov     ebx, PCI_PATTERN & ~3
        EXPECT_EQUAL "the PCI address reads back", rax, rbx
        mov     eax, 0x80000000
        out     dx, eax
        mov     dx, PCI_DATA
        in      eax, dx
        mov     ebx, eax
        cmp     ax, 0xFFFF
        EXPECT  "a host bridge answers", ne
        xor     eax, eax
        mov     dx, PCI_DATA + 2
        in      ax, dx
        shl     eax, 16
        mov     dx, PCI_DATA
        in      ax, dx
        EXPECT_EQUAL "two halves make the whole", rax, rbx
        xor     eax, eax
        mov     dx, PCI_DATA + 3
        in      al, dx
        mov     ecx, ebx
        shr     ecx, 24
        EXPECT_EQUAL "the last byte by itself", rax, rcx
        mov     dx, PCI_ADDRESS
        mov     eax, 0x8000F800         ; no device 31
        out     dx, eax
        mov     dx, PCI_DATA
        in      eax, dx
        mov     ebx, -1
        EXPECT_EQUAL "no device: all ones", rax, rbx

        ; INS
        mov     dx, PIC1_DATA
        mov     edi, BUFFER
        insb
        EXPECT_EQUAL "INSB moves RDI", rdi, BUFFER + 1
        movzx   eax, byte [BUFFER]
        EXPECT_EQUAL "INSB reads", rax, MASK
        mov     edi, BUFFER + 0x100
        mov     ecx, 16
        rep     insb
        EXPECT_EQUAL "REP INSB, count", rcx, 0
        EXPECT_EQUAL "REP INSB, address", rdi, BUFFER + 0x110
        mov     rax, [BUFFER + 0x100]
        mov     rbx, 0xA5A5A5A5A5A5A5A5
        EXPECT_EQUAL "REP INSB, first bytes", rax, rbx
        EXPECT_EQUAL "REP INSB, last bytes", [BUFFER + 0x108], rbx
        EXPECT_EQUAL "REP INSB, nothing behind", [BUFFER + 0x110], 0
        std
        mov     edi, BUFFER + 0x20F
        mov     ecx, 8
        rep     insb
        cld
        EXPECT_EQUAL "REP INSB downwards, address", rdi, BUFFER + 0x207
        EXPECT_EQUAL "REP INSB downwards, bytes", [BUFFER + 0x208], rbx
        EXPECT_EQUAL "REP INSB downwards, nothing before", [BUFFER + 0x200], 0
        mov     edi, BUFFER + 0x300
        xor     ecx, ecx
        rep     insb
        EXPECT_EQUAL "REP INSB of nothing, address", rdi, BUFFER + 0x300
        EXPECT_EQUAL "REP INSB of nothing, memory", [BUFFER + 0x300], 0
        mov     rdi, 0x0000000700000000 + BUFFER + 0x300
        mov     rcx, 0x0000000700000004
        a32 rep insb
        EXPECT_EQUAL "REP INSB by 32-bit addresses, count", rcx, 0
        EXPECT_EQUAL "REP INSB by 32-bit addresses, address", rdi, BUFFER + 0x304
        mov     dx, PCI_ADDRESS
        mov     eax, PCI_PATTERN & ~3
        out     dx, eax
        mov     edi, BUFFER + 0x400
        insd
        mov     eax, [BUFFER + 0x400]
        mov     ebx, PCI_PATTERN & ~3
        EXPECT_EQUAL "INSD", rax, rbx
        mov     dx, UNKNOWN_PORT
        insw
        EXPECT_EQUAL "INSW moves RDI", rdi, BUFFER + 0x406
        movzx   eax, word [BUFFER + 0x404]
        EXPECT_EQUAL "INSW", rax, 0xFFFF

        ; More than one page, and pages that are neighbours by address only.
        mov     eax, WINDOW_TABLE + 3
        mov     [PAGE_DIRECTORY + 0x1000], rax
        mov     dword [WINDOW_TABLE], PAGE_A + 3
        mov     dword [WINDOW_TABLE + 8], PAGE_B + 3
        mov     rax, cr3
        mov     cr3, rax
        mov     dx, PCI_ADDRESS
        mov     edi, BUFFER + 0x1002
        mov     ecx, COUNT
        rep     insd
        EXPECT_EQUAL "REP INSD over pages, count", rcx, 0
        EXPECT_EQUAL "REP INSD over pages, address", rdi, BUFFER + 0x1002 + COUNT * 4
        mov     eax, PCI_PATTERN & ~3
        mov     edi, BUFFER + 0x1002
        mov     ecx, COUNT
        repe    scasd
        EXPECT  "REP INSD over pages, values", e
        mov     edi, WINDOW + 0xFFE
        insd
        movzx   eax, word [PAGE_A + 0xFFE]
        movzx   ebx, word [PAGE_B]
        shl     ebx, 16
        or      eax, ebx
        mov     ebx, PCI_PATTERN & ~3
        EXPECT_EQUAL "INSD across two pages", rax, rbx

        ; A fault in the middle leaves the count and address where to go on.
        mov     dx, PIC1_DATA
        mov     edi, WINDOW + 0x1FF0
        mov     ecx, 32
        EXPECT_FAULT "REP INSB into a missing page", VECTOR_PF, rep insb
        EXPECT_EQUAL "16 bytes are left", rcx, 16
        EXPECT_EQUAL "the address is the missing page's", rdi, WINDOW + 0x2000
        EXPECT_EQUAL "so is CR2", [caught_cr2], WINDOW + 0x2000
        movzx   eax, byte [PAGE_B + 0xFFF]
        EXPECT_EQUAL "the byte before it was written", rax, MASK

        ; OUTS; the UART in loopback hands back what it was given, in order.
        mov     dx, PIC1_DATA
        mov     esi, masks
        mov     ecx, 3
        rep     outsb
        EXPECT_EQUAL "REP OUTSB, count", rcx, 0
        EXPECT_EQUAL "REP OUTSB, address", rsi, masks + 3
        xor     eax, eax
        in      al, dx
        EXPECT_EQUAL "REP OUTSB, the last byte counts", rax, 0x33
        mov     dx, PCI_ADDRESS
        mov     esi, addresses
        outsd
        outsd
        in      eax, dx
        mov     ebx, [addresses + 4]
        EXPECT_EQUAL "OUTSD", rax, rbx
        mov     dx, COM1_MCR
        mov     al, MCR_LOOP
        out     dx, al
        mov     dx, COM1
        mov     esi, bytes
        mov     ecx, 8
        rep     outsb
        mov     edi, BUFFER + 0x500
        mov     ecx, 8
        rep     insb
        mov     dx, COM1_MCR
        mov     al, 0x0B
        out     dx, al
        mov     rax, [bytes]
        EXPECT_EQUAL "REP OUTSB and back by REP INSB", rax, [BUFFER + 0x500]
        mov     al, 0xFF
        out     PIC1_DATA, al
        jmp     finish

        section .data
        align   8
bytes:          db "loopback"
addresses:      dd 0x80000010, 0x80000020
masks:          db 0x11, 0x22, 0x33
        section .text
