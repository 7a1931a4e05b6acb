; Block operations. Only XMM0-XMM3 are touched, which the Microsoft ABI lets a callee spoil and the exit stubs save.

        default rel
        bits 64
        section .text

REP_FROM        equ 1024                ; from here on the string instructions' start-up pays off

        global  BlockMove
; void BlockMove(rcx = destination, rdx = source, r8 = length): overlap is allowed.
; Each way loads all that a later store could overwrite before it stores.
BlockMove:
        cmp     r8, 16
        ja      .over16
        test    r8b, 24
        jnz     .from8
        test    r8b, 4
        jnz     .from4
        test    r8, r8
        jz      .done
        movzx   eax, byte [rdx]         ; 1 to 3
        movzx   r9d, byte [rdx + r8 - 1]
        test    r8b, 2
        jz      .one
        movzx   r10d, word [rdx]
        mov     [rcx], r10w
.one:   mov     [rcx + r8 - 1], r9b
        test    r8b, 2
        jnz     .done
        mov     [rcx], al
.done:  ret
.from4: mov     eax, [rdx]
        mov     r9d, [rdx + r8 - 4]
        mov     [rcx], eax
        mov     [rcx + r8 - 4], r9d
        ret
.from8: mov     rax, [rdx]
        mov     r9, [rdx + r8 - 8]
        mov     [rcx], rax
        mov     [rcx + r8 - 8], r9
        ret
.over16:
        cmp     r8, 32
        ja      .over32
        movups  xmm0, [rdx]
        movups  xmm1, [rdx + r8 - 16]
        movups  [rcx], xmm0
        movups  [rcx + r8 - 16], xmm1
        ret
.over32:
        mov     rax, rcx
        sub     rax, rdx
        cmp     rax, r8
        jb      .backward               ; the destination begins within the source
        movups  xmm2, [rdx + r8 - 32]   ; the end, which may be less than a step
        movups  xmm3, [rdx + r8 - 16]
        lea     r9, [rcx + r8 - 32]
        cmp     r8, REP_FROM
        jae     .string
.forward:
        movups  xmm0, [rdx]
        movups  xmm1, [rdx + 16]
        movups  [rcx], xmm0
        movups  [rcx + 16], xmm1
        add     rdx, 32
        add     rcx, 32
        cmp     rcx, r9
        jb      .forward
.end:   movups  [r9], xmm2
        movups  [r9 + 16], xmm3
        ret
.string:
        mov     r10, rdi
        mov     r11, rsi
        mov     rdi, rcx
        mov     rsi, rdx
        mov     rcx, r8
        shr     rcx, 3
        rep movsq
        mov     rdi, r10
        mov     rsi, r11
        jmp     .end
.backward:
        movups  xmm2, [rdx]             ; the beginning, which may be less than a step
        movups  xmm3, [rdx + 16]
.back:  movups  xmm0, [rdx + r8 - 16]
        movups  xmm1, [rdx + r8 - 32]
        movups  [rcx + r8 - 16], xmm0
        movups  [rcx + r8 - 32], xmm1
        sub     r8, 32
        cmp     r8, 32
        ja      .back
        movups  [rcx], xmm2
        movups  [rcx + 16], xmm3
        ret

        global  BlockSet
; void BlockSet(rcx = destination, dl = value, r8 = length)
BlockSet:
        movzx   eax, dl
        mov     r9, 0x0101010101010101
        imul    rax, r9
        cmp     r8, 16
        ja      .over16
        test    r8b, 24
        jnz     .from8
        test    r8b, 4
        jnz     .from4
        test    r8, r8
        jz      .done
        mov     [rcx], al               ; 1 to 3
        mov     [rcx + r8 - 1], al
        shr     r8, 1
        mov     [rcx + r8], al
.done:  ret
.from4: mov     [rcx], eax
        mov     [rcx + r8 - 4], eax
        ret
.from8: mov     [rcx], rax
        mov     [rcx + r8 - 8], rax
        ret
.over16:
        movq    xmm0, rax
        punpcklqdq xmm0, xmm0
        lea     r9, [rcx + r8 - 16]
        cmp     r8, REP_FROM
        jae     .string
.step:  movups  [rcx], xmm0
        add     rcx, 16
        cmp     rcx, r9
        jb      .step
        movups  [r9], xmm0
        ret
.string:
        mov     r10, rdi
        mov     rdi, rcx
        mov     rcx, r8
        shr     rcx, 3
        rep stosq
        mov     rdi, r10
        movups  [r9], xmm0
        ret
