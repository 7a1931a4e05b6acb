; A small boot payload that stands for the image: it says that it is there, then does what each byte from the serial port
; asks for. Assembled twice: flat with both multiboot headers (32 bits), and as the object of a UEFI application (64 bits).

COM1            equ 0x3F8                       ; 16550: data; line status is 5 behind it
LINE_STATUS     equ COM1 + 5
DEBUG_EXIT      equ 0xF4
PM1A_CONTROL    equ 0x604                       ; of q35, as its firmware sets it up
SLEEP_S5        equ 0x2000                      ; SLP_EN with SLP_TYP 0, QEMU's S5
RESET_CONTROL   equ 0xCF9

%ifdef EFI
        bits 64
        default rel
        section .text
        global EfiMain
EfiMain:
%else
        bits 32
        org 0x100000                            ; where its headers ask to be loaded
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
        call    print
next:   mov     dx, LINE_STATUS
        in      al, dx
        test    al, 1
        jz      next
        mov     dx, COM1
        in      al, dx
        out     dx, al                          ; echo
        cmp     al, 'p'
        je      power_off
        cmp     al, 'r'
        je      reset
        cmp     al, 's'
        je      success
        cmp     al, 'f'
        je      failure
        jmp     next

power_off:
        mov     dx, PM1A_CONTROL
        mov     ax, SLEEP_S5
        out     dx, ax
        jmp     $
reset:  mov     dx, RESET_CONTROL
        mov     al, 6
        out     dx, al
        jmp     $
success:
        mov     al, 0x10
        out     DEBUG_EXIT, al
        jmp     $
failure:
        mov     al, 0x11
        out     DEBUG_EXIT, al
        jmp     $

print:
%ifdef EFI
        lea     rsi, [message]
%else
        mov     esi, message
%endif
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
%ifndef EFI
        align 16
        times 256 db 0
stack_end:
end:
%endif
