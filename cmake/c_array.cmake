# c_array(OUT NAME TEXT): TEXT as the C array NAME, and NAME_length.
function(c_array out name text)
  string(HEX "${text}" hex)
  string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
  set(${out} "const unsigned char ${name}[] = {\n${hex}};\nconst size_t ${name}_length = sizeof ${name};\n" PARENT_SCOPE)
endfunction()
