; A small boot payload that stands for the image: it says that it is there, then does what each byte from the serial port
; asks for. Assembled twice: flat with both multiboot headers (32 bits), and as the object of a UEFI application (64 bits).
; It knows no emulator: it writes to the ports of both, and those of the other are nothing.

COM1            equ 0x3F8                       ; 16550: data, and the divisor while DLAB is set
LINE_CONTROL    equ COM1 + 3
LINE_STATUS     equ COM1 + 5
TRANSMITTER_EMPTY equ 0x40                      ; the last bit has been sent
DIVISOR_ACCESS  equ 0x80                        ; DLAB
EIGHT_BITS      equ 0x03                        ; no parity, one stop bit
DEBUG_EXIT      equ 0xF4                        ; QEMU: ends it with a value
BOCHS_CONSOLE   equ 0xE9                        ; Bochs: what is written appears on its standard output
BOCHS_SHUTDOWN  equ 0x8900                      ; Bochs: ends when it is written "Shutdown"
PM1A_CONTROL    equ 0x604                       ; of q35, as its firmware sets it up
PIIX4_PM1A      equ 0xB004                      ; of Bochs' i440FX, as its firmware sets it up
SLEEP_S5        equ 0x2000                      ; SLP_EN with SLP_TYP 0, the S5 of both
RESET_CONTROL   equ 0xCF9

%ifdef EFI
        bits 64
        default rel
        section .text
        global EfiMain
%macro  load 2
        lea     r%1, [%2]
%endmacro
%define ptr(register) r %+ register
EfiMain:
%else
        bits 32
        org 0x100000                            ; where its headers ask to be loaded
%macro  load 2
        mov     e%1, %2
%endmacro
%define ptr(register) e %+ register
        align 8
header1:                                        ; Multiboot Specification 0.6.96, 3.1
        dd 0x1BADB002, 1 << 16, -(0x1BADB002 + (1 << 16))
        dd header1, header1, end, end, start
        align 8
header2:                                        ; Multiboot2 Specification 2.0, 3.1
        dd 0xE85250D6, 0, header2_end - header2, -(0xE85250D6 + header2_end - header2)
        dd 2, 24, header2, header1, end, end       ; address tag
        dd 3, 12, start, 0                      ; entry address tag, padded
        dd 0, 8
header2_end:
start:
        mov     esp, stack_end
%endif
        cli
        cld
        mov     dx, LINE_CONTROL
        mov     al, DIVISOR_ACCESS | EIGHT_BITS
        out     dx, al
        mov     dx, COM1
        mov     al, 1                           ; 115,200 baud
        out     dx, al
        inc     dx
        mov     al, 0
        out     dx, al
        mov     dx, LINE_CONTROL
        mov     al, EIGHT_BITS
        out     dx, al
        call    print
next:   mov     dx, LINE_STATUS
        in      al, dx
        test    al, 1
        jz      next
        mov     dx, COM1
        in      al, dx
        out     dx, al                          ; echo
.sent:  mov     dx, LINE_STATUS
        mov     bl, al
        in      al, dx
        test    al, TRANSMITTER_EMPTY
        mov     al, bl
        jz      .sent
        cmp     al, 'p'
        je      power_off
        cmp     al, 'r'
        je      reset
        cmp     al, 't'
        je      triple_fault
        cmp     al, 's'
        je      success
        cmp     al, 'f'
        je      failure
        jmp     next

power_off:
        mov     dx, PM1A_CONTROL
        mov     ax, SLEEP_S5
        out     dx, ax
        mov     dx, PIIX4_PM1A
        out     dx, ax
        jmp     $
reset:  mov     dx, RESET_CONTROL
        mov     al, 6
        out     dx, al
        jmp     $
triple_fault:
        load    si, no_table
        lidt    [ptr(si)]
        int3
success:
        mov     al, 0x10
        jmp     exit
failure:
        mov     al, 0x11
exit:   movzx   eax, al                         ; 32 bits, as the image writes it
        out     DEBUG_EXIT, eax
        out     BOCHS_CONSOLE, eax
        mov     dx, BOCHS_SHUTDOWN
        load    si, shutdown
.letter:
        lodsb
        out     dx, al
        test    al, al
        jnz     .letter
        jmp     $

print:  load    si, message
.letter:
        mov     dx, LINE_STATUS
        in      al, dx
        test    al, 0x20
        jz      .letter
        lodsb
        test    al, al
        jz      .done
        mov     dx, COM1
        out     dx, al
        jmp     .letter
.done:  ret

message:
        db      "[lamina] payload is ready", 13, 10, "vm| waiting> ", 0
no_table:
        dw      0
        dq      0
shutdown:
        db      "Shutdown", 0
%ifndef EFI
        align 16
        times 256 db 0
stack_end:
end:
%endif
