select U&"a;"";
