; What a Linux guest's devices cost it, in TSC ticks. A static ELF file without a linker: System V ABI, AMD64 supplement; Linux's system calls.
;
;   io e                     answers UDP datagrams on port 7, for ever
;   io s                     takes TCP connections on port 9, reads each to its end and answers with one byte, for ever
;   io p NAME ADDRESS        UDP round trips of 64 bytes to port 7, one after another
;   io t NAME ADDRESS        16 MiB by TCP to port 9, until they have arrived
;   io r|w NAME PATH BYTES   reads or writes of so many bytes, one at a time, past the page cache
;   io f NAME PATH           flushes
;   io q NAME PATH           reads 1 MiB at a time, 16 MiB in all, past the page cache
;   io c NAME PATH           writes 256 KiB of text to a console, 4 KiB at a time, until all is sent
;   io v NAME TICKS          counts how often it can count in so many ticks: what its neighbours leave it
;
; and what a bad neighbour does, for ever:
;
;   io x                     spins
;   io u ADDRESS             sends UDP datagrams of 1,400 bytes to port 9, as fast as it can
;   io d PORT                writes 0 to a 16-bit I/O port: a doorbell
;
; ADDRESS, BYTES, TICKS and PORT are hexadecimal: 10.0.0.1 is 0a000001. Prints `bench NAME NUMBER`: the ticks of one operation, thousandths of a tick for one byte (t, q, c), or
; the count (v).

        bits    64
        default abs
        org     0x400000

%define SYS_READ        0
%define SYS_WRITE       1
%define SYS_OPEN        2
%define SYS_IOCTL       16
%define SYS_PREAD       17
%define SYS_PWRITE      18
%define SYS_SOCKET      41
%define SYS_CONNECT     42
%define SYS_ACCEPT      43
%define SYS_SENDTO      44
%define SYS_RECVFROM    45
%define SYS_SHUTDOWN    48
%define SYS_BIND        49
%define SYS_LISTEN      50
%define SYS_CLOSE       3
%define SYS_EXIT        60
%define SYS_FSYNC       74
%define SYS_IOPL        172
%define STDOUT          1
%define O_RDWR          2
%define O_NOCTTY        0x100
%define O_DIRECT        0x4000
%define AF_INET         2
%define SOCK_STREAM     1
%define SOCK_DGRAM      2
%define SHUT_WR         1
%define TCSBRK          0x5409          ; with argument 1: wait until all is sent
%define PORT_ECHO       7
%define PORT_SINK       9
%define DATAGRAM        64
%define FLOOD           1400

%define COUNT_SHIFT     8
%define COUNT           (1 << COUNT_SHIFT)
%define WARM            16
%define CHUNK           0x10000
%define STREAM          (16 << 20)
%define SEQUENTIAL      (1 << 20)
%define TEXT            4096
%define TEXTS           64
%define PAGE            0x1000

file_header:
        db      0x7F, "ELF", 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0
        dw      2, 62                   ; ET_EXEC, EM_X86_64
        dd      1
        dq      start, program_header - $$, 0
        dd      0
        dw      64, 56, 1, 0, 0, 0
program_header:
        dd      1, 7                    ; PT_LOAD, read, write, execute
        dq      0, $$, $$, file_end - $$, memory_end - $$, PAGE

; CALL_KERNEL number: rdi, rsi, rdx, r10, r8, r9 as the call has them; a negative answer ends the program with it
%macro CALL_KERNEL 1
        mov     eax, %1
        syscall
        test    rax, rax
        js      fail
%endmacro

; Sets r15 to the socket or file, rbx to the ticks now.
%macro BEGIN_TIME 0
        call    ticks
        mov     rbx, rax
%endmacro

start:  mov     rbp, rsp                ; argc, argv …
        mov     rsi, [rbp + 16]
        test    rsi, rsi
        jz      usage
        mov     al, [rsi]
        cmp     al, 'e'
        je      echo
        cmp     al, 's'
        je      sink
        cmp     al, 'x'
        je      spin
        mov     rdx, [rbp + 24]
        mov     [name], rdx
        test    rdx, rdx
        jz      usage
        cmp     al, 'u'
        je      flood
        cmp     al, 'd'
        je      doorbell
        cmp     qword [rbp], 4          ; argc: program, mode, name, what
        jb      usage
        cmp     al, 'p'
        je      ping
        cmp     al, 't'
        je      stream
        cmp     al, 'c'
        je      console
        cmp     al, 'v'
        je      victim
        cmp     al, 'f'
        je      flush
        cmp     al, 'q'
        je      sequential
        cmp     qword [rbp], 5
        jb      usage
        cmp     al, 'r'
        je      reads
        cmp     al, 'w'
        je      writes
usage:  mov     edi, 2
        mov     eax, SYS_EXIT
        syscall
fail:   neg     rax
        mov     rdi, rax
        mov     eax, SYS_EXIT
        syscall
done:   xor     edi, edi
        mov     eax, SYS_EXIT
        syscall

echo:   mov     esi, SOCK_DGRAM
        mov     ecx, PORT_ECHO
        call    listen_at
.next:  mov     rdi, r15
        mov     esi, buffer
        mov     edx, DATAGRAM
        xor     r10d, r10d
        mov     r8d, address
        mov     r9d, address_length
        mov     dword [address_length], 16
        CALL_KERNEL SYS_RECVFROM
        mov     rdx, rax
        mov     rdi, r15
        mov     esi, buffer
        xor     r10d, r10d
        mov     r8d, address
        mov     r9d, 16
        CALL_KERNEL SYS_SENDTO
        jmp     .next

sink:   mov     esi, SOCK_STREAM
        mov     ecx, PORT_SINK
        call    listen_at
        mov     rdi, r15
        mov     esi, 8
        CALL_KERNEL SYS_LISTEN
.accept:
        mov     rdi, r15
        xor     esi, esi
        xor     edx, edx
        CALL_KERNEL SYS_ACCEPT
        mov     r14, rax
.read:  mov     rdi, r14
        mov     esi, buffer
        mov     edx, CHUNK
        CALL_KERNEL SYS_READ
        test    rax, rax
        jnz     .read
        mov     rdi, r14
        mov     esi, buffer
        mov     edx, 1
        CALL_KERNEL SYS_WRITE
        mov     rdi, r14
        CALL_KERNEL SYS_CLOSE
        jmp     .accept

ping:   mov     esi, SOCK_DGRAM
        mov     ecx, PORT_ECHO
        mov     rdi, [rbp + 32]
        call    connect_to
        mov     r13d, WARM
        call    .trips
        BEGIN_TIME
        mov     r13d, COUNT
        call    .trips
        jmp     report_each
.trips: mov     rdi, r15
        mov     esi, buffer
        mov     edx, DATAGRAM
        CALL_KERNEL SYS_WRITE
        mov     rdi, r15
        mov     esi, buffer
        mov     edx, DATAGRAM
        CALL_KERNEL SYS_READ
        dec     r13d
        jnz     .trips
        ret

stream: mov     esi, SOCK_STREAM
        mov     ecx, PORT_SINK
        mov     rdi, [rbp + 32]
        call    connect_to
        BEGIN_TIME
        mov     r13d, STREAM
.write: mov     rdi, r15
        mov     esi, buffer
        mov     edx, CHUNK
        cmp     edx, r13d
        cmova   edx, r13d
        CALL_KERNEL SYS_WRITE
        sub     r13d, eax
        jnz     .write
        mov     rdi, r15
        mov     esi, SHUT_WR
        CALL_KERNEL SYS_SHUTDOWN
        mov     rdi, r15
        mov     esi, buffer
        mov     edx, 1
        CALL_KERNEL SYS_READ
        mov     ecx, STREAM
        jmp     report_bytes

reads:  mov     dword [operation], SYS_PREAD
        jmp     blocks
writes: mov     dword [operation], SYS_PWRITE
blocks: call    open_direct
        mov     rsi, [rbp + 40]
        call    hexadecimal
        mov     r14, rax
        xor     r12d, r12d
        mov     r13d, WARM
        call    .each
        BEGIN_TIME
        mov     r13d, COUNT
        call    .each
        jmp     report_each
.each:  mov     rdi, r15
        mov     esi, buffer
        mov     rdx, r14
        mov     r10, r12
        add     r12, r14
        CALL_KERNEL [operation]
        dec     r13d
        jnz     .each
        ret

flush:  call    open_direct
        BEGIN_TIME
        mov     r13d, COUNT
.each:  mov     rdi, r15
        CALL_KERNEL SYS_FSYNC
        dec     r13d
        jnz     .each
        jmp     report_each

sequential:
        call    open_direct
        BEGIN_TIME
        xor     r12d, r12d
.each:  mov     rdi, r15
        mov     esi, buffer
        mov     edx, SEQUENTIAL
        mov     r10, r12
        CALL_KERNEL SYS_PREAD
        add     r12, SEQUENTIAL
        cmp     r12, STREAM
        jb      .each
        mov     ecx, STREAM
        jmp     report_bytes

console:
        mov     edi, buffer             ; lines of 64 characters
        mov     ecx, TEXT
.fill:  mov     edx, ecx
        and     edx, 63
        mov     al, '.'
        dec     edx                     ; the last character of all ends a line
        jnz     .store
        mov     al, 10
.store: stosb
        loop    .fill
        mov     rdi, [rbp + 32]
        mov     esi, O_RDWR | O_NOCTTY
        CALL_KERNEL SYS_OPEN
        mov     r15, rax
        BEGIN_TIME
        mov     r13d, TEXTS
.write: mov     rdi, r15
        mov     esi, buffer
        mov     edx, TEXT
        CALL_KERNEL SYS_WRITE
        dec     r13d
        jnz     .write
        mov     rdi, r15
        mov     esi, TCSBRK
        mov     edx, 1
        mov     eax, SYS_IOCTL          ; not for a port that is no terminal: its writes return when all is sent
        syscall
        mov     ecx, TEXT * TEXTS
        jmp     report_bytes

victim: mov     rsi, [rbp + 32]
        call    hexadecimal
        mov     r14, rax
        BEGIN_TIME
        xor     r12d, r12d
.count: inc     r12
        test    r12d, 0xFF              ; the TSC is read now and then: what is counted is the loop
        jnz     .count
        call    ticks
        sub     rax, rbx
        cmp     rax, r14
        jb      .count
        mov     rax, r12
        jmp     report

spin:   jmp     spin

flood:  mov     esi, SOCK_DGRAM
        mov     ecx, PORT_SINK
        mov     rdi, [name]
        call    connect_to
.send:  mov     rdi, r15
        mov     esi, buffer
        mov     edx, FLOOD
        mov     eax, SYS_WRITE          ; refused or no room: all the same
        syscall
        jmp     .send

doorbell:
        mov     edi, 3
        CALL_KERNEL SYS_IOPL
        mov     rsi, [name]
        call    hexadecimal
        mov     edx, eax
        xor     eax, eax
.ring:  out     dx, ax
        jmp     .ring

listen_at:                              ; esi: type, ecx: port; r15: the socket
        mov     dword [address + 4], 0
        call    socket
        CALL_KERNEL SYS_BIND
        ret

connect_to:                             ; esi: type, ecx: port, rdi: the address in digits; r15: the socket
        push    rsi
        push    rcx
        mov     rsi, rdi
        call    hexadecimal
        bswap   eax
        mov     [address + 4], eax
        pop     rcx
        pop     rsi
        call    socket
        CALL_KERNEL SYS_CONNECT
        ret

socket: mov     word [address], AF_INET
        xchg    cl, ch                  ; network order
        mov     [address + 2], cx
        mov     edi, AF_INET
        xor     edx, edx
        CALL_KERNEL SYS_SOCKET
        mov     r15, rax
        mov     rdi, r15
        mov     esi, address
        mov     edx, 16
        ret

open_direct:
        mov     rdi, [rbp + 32]
        mov     esi, O_RDWR | O_DIRECT
        mov     eax, SYS_OPEN
        syscall
        test    rax, rax
        jns     .open
        mov     rdi, [rbp + 32]         ; a read-only disk
        mov     esi, O_DIRECT
        CALL_KERNEL SYS_OPEN
.open:  mov     r15, rax
        ret

hexadecimal:                            ; rsi: zero-ended digits; rax
        xor     eax, eax
        xor     ecx, ecx
.digit: mov     cl, [rsi]
        test    cl, cl
        jz      .end
        inc     rsi
        sub     cl, '0'
        cmp     cl, 10
        jb      .add
        or      cl, 0x20
        sub     cl, 'a' - '0' - 10
.add:   shl     rax, 4
        add     rax, rcx
        jmp     .digit
.end:   ret

ticks:  rdtsc
        shl     rdx, 32
        or      rax, rdx
        ret

report_each:                            ; rbx: ticks when COUNT of it began
        call    ticks
        sub     rax, rbx
        add     rax, COUNT / 2
        shr     rax, COUNT_SHIFT
        jmp     report
report_bytes:                           ; rbx: ticks when ecx bytes of it began
        call    ticks
        sub     rax, rbx
        imul    rax, rax, 1000
        xor     edx, edx
        mov     ecx, ecx
        div     rcx
report: mov     r12, rax
        mov     edi, line
        mov     esi, text_bench
        call    append
        mov     rsi, [name]
        call    append
        mov     al, ' '
        stosb
        mov     rax, r12
        mov     ecx, 10
        xor     r8d, r8d
.divide:
        xor     edx, edx
        div     rcx
        push    rdx
        inc     r8d
        test    rax, rax
        jnz     .divide
.digit: pop     rax
        add     al, '0'
        stosb
        dec     r8d
        jnz     .digit
        mov     al, 10
        stosb
        mov     esi, line
        mov     edx, edi
        sub     edx, esi
        mov     edi, STDOUT
        CALL_KERNEL SYS_WRITE
        jmp     done
append: lodsb
        stosb
        test    al, al
        jnz     append
        dec     edi
        ret

text_bench:     db "bench ", 0
file_end:

        absolute file_end
        resb    -(file_end - file_header) & (PAGE - 1)    ; O_DIRECT wants a page
buffer: resb    SEQUENTIAL
address:        resb 16
address_length: resd 1
operation:      resd 1
name:   resq    1
line:   resb    256
memory_end:
